using System.Text;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Checks a line byte by byte, in the order and with the texts of the real server, and finds its parts.</summary>
internal ref partial struct LineScanner(ReadOnlySpan<byte> line)
{
    private const int MaxKeyLength = 65535;

    private readonly ReadOnlySpan<byte> line = line;
    private int at;

    /// <summary>Where the series' key ends.</summary>
    public int KeyEnd { get; private set; }

    /// <summary>The fields, as they stand.</summary>
    public ReadOnlySpan<byte> Fields { get; private set; }

    /// <summary>The timestamp in nanoseconds, or null where the line has none.</summary>
    public long? Time { get; private set; }

    /// <summary>Finds the parts; returns what is wrong, or null.</summary>
    public string? Scan(long unit) => ScanKey() ?? ScanFields() ?? ScanTime(unit);

    private readonly byte this[int index] => index >= 0 && index < line.Length ? line[index] : (byte)0;

    private void SkipSpace()
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t' or 0)
        {
            at++;
        }
    }

    private string? ScanTime(long unit)
    {
        SkipSpace();
        var start = at;
        while (at < line.Length && line[at] is not ((byte)' ' or (byte)'\n'))
        {
            if (line[at] is not (>= (byte)'0' and <= (byte)'9') && !(at == start && line[at] == '-'))
            {
                return "bad timestamp";
            }

            at++;
        }

        var text = line[start..at];
        if (text.IsEmpty)
        {
            return null;
        }

        if (!CommonValue.TryInteger(text, out var timestamp))
        {
            var digits = Encoding.ASCII.GetString(text);
            return digits == "-" ? GoNumbers.Malformed("ParseInt", digits) : GoNumbers.OutOfRange("ParseInt", digits);
        }

        if (!Precision.TryScale(timestamp, unit, out var time))
        {
            return $"time outside range {Precision.MinTime} - {Precision.MaxTime}";
        }

        Time = time;
        return line[at..].IndexOfAnyExcept((byte)' ') < 0 ? null : "point is invalid";
    }
}
