using System.Text;
using Serverless.Domain.Series;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Reads the lines of one body into points and errors.</summary>
internal sealed class BatchReader(int lines, long defaultTime, long unit)
{
    private readonly List<Point> points = new(Math.Min(lines, 1 << 20));
    private readonly List<int> ends = new(Math.Min(lines, 1 << 20));
    private readonly List<string> errors = [];
    private readonly ByteCache<SeriesEntry> series = new();
    private readonly ByteCache<string> names = new();
    private readonly List<(string Name, FieldValue Value)> fields = [];
    private SeriesEntry? lastSeries;
    private int dropped;
    private string? dropReason;

    public LineBatch ToBatch() => new(points, errors, dropped, dropReason, ends);

    /// <summary>Reads a line that is not empty and does not begin with space.</summary>
    public void Read(ReadOnlySpan<byte> line)
    {
        if (line.Contains((byte)'\\') || !TryReadCommon(line))
        {
            ReadAny(line);
        }
    }

    /// <summary>Reads a line without backslashes, quickly; false, with nothing stored, if it is not as most are.</summary>
    private bool TryReadCommon(ReadOnlySpan<byte> line)
    {
        fields.Clear();
        var end = line.IndexOf((byte)' ');
        if (end < 0 || FindSeries(line[..end]) is not { } found)
        {
            return false;
        }

        var rest = line[end..].TrimStart(" \t\0"u8);
        while (true)
        {
            var equals = rest.IndexOf((byte)'=');
            if (equals <= 0 || rest[..equals].IndexOfAny((byte)',', (byte)' ') >= 0)
            {
                return false;
            }

            var length = CommonValue.Read(rest[(equals + 1)..], out var value);
            if (length == 0)
            {
                return false;
            }

            fields.Add((FieldWalker.NameOf(rest[..equals], names), value));
            rest = rest[(equals + 1 + length)..];
            if (rest.IsEmpty || rest[0] == ' ')
            {
                break;
            }

            rest = rest[1..];
        }

        rest = rest.Trim((byte)' ');
        var time = defaultTime;
        if (!rest.IsEmpty && !(CommonValue.TryInteger(rest, out var timestamp) && Precision.TryScale(timestamp, unit, out time)))
        {
            return false;
        }

        Store(found, time);
        return true;
    }

    private void ReadAny(ReadOnlySpan<byte> line)
    {
        fields.Clear();
        var scanner = new LineScanner(line);
        if (scanner.Scan(unit) is { } problem)
        {
            errors.Add($"unable to parse '{Encoding.UTF8.GetString(line)}': {problem}");
            return;
        }

        var found = FindSeries(line[..scanner.KeyEnd]) ?? AddSeries(line[..scanner.KeyEnd]);
        FieldWalker.Walk(scanner.Fields, names, fields);
        Store(found, scanner.Time ?? defaultTime);
    }

    private void Store(SeriesEntry entry, long time)
    {
        if (entry.HasTimeTag)
        {
            Drop($"invalid tag key: input tag \"time\" on measurement \"{entry.Measurement}\" is invalid");
            return;
        }

        var before = points.Count;
        foreach (var (name, value) in fields)
        {
            if (name.Length > 0 && name != "time")
            {
                points.Add(new Point(entry.Measurement, entry.Tags, name, time, value));
            }
        }

        if (points.Count == before)
        {
            Drop($"invalid field name: input field \"time\" on measurement \"{entry.Measurement}\" is invalid");
            return;
        }

        ends.Add(points.Count);
    }

    private void Drop(string reason)
    {
        dropped++;
        dropReason ??= reason;
    }

    private SeriesEntry? FindSeries(ReadOnlySpan<byte> key)
    {
        if (lastSeries is null || !key.SequenceEqual(lastSeries.Key))
        {
            lastSeries = series.Find(key);
        }

        return lastSeries;
    }

    private SeriesEntry AddSeries(ReadOnlySpan<byte> key)
    {
        lastSeries = SeriesKeyReader.Read(key);
        series.Add(key, lastSeries);
        return lastSeries;
    }
}
