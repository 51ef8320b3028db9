namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Reads InfluxDB's line protocol: <c>measurement,tag=value field=1.5,other=2i 1600000000000000000</c>.</summary>
/// <remarks>
/// Common lines are read in one pass without a copy. A line with anything else (a backslash, an odd number, an error) goes to <see cref="LineScanner"/>, which follows
/// the real server byte by byte. Series keys and field names are made into objects once for a body.
/// </remarks>
public static class LineParser
{
    /// <summary>Reads the lines of a body.</summary>
    /// <param name="body">UTF-8; empty lines and those that begin with # are skipped. A string may go over several lines.</param>
    /// <param name="now">The time of lines without one, in nanoseconds since 1970; it is cut to the precision.</param>
    /// <param name="precision">The unit of timestamps: n, u, ms, s, m or h; anything else is n.</param>
    public static LineBatch Parse(ReadOnlySpan<byte> body, long now, string precision = "n")
    {
        var unit = Precision.Nanoseconds(precision);
        var hasBackslash = body.Contains((byte)'\\');
        var hasString = hasBackslash || body.Contains((byte)'"');
        var reader = new BatchReader(body.Count((byte)'\n') + 1, now - (now % unit), unit, !hasBackslash);
        var position = 0;
        while (position < body.Length)
        {
            var line = hasString ? LineSplitter.Next(body[position..]) : LineSplitter.NextPlain(body[position..]);
            position += line.Length + 1;
            var trimmed = line.TrimStart(" \t\0"u8);
            if (!trimmed.IsEmpty && trimmed[0] != '#')
            {
                reader.Read(trimmed);
            }
        }

        return reader.ToBatch();
    }
}
