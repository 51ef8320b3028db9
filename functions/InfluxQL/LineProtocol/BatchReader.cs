using System.Text;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Reads the lines of one body into points and errors.</summary>
/// <param name="lines">About how many lines there are.</param>
/// <param name="defaultTime">The time of lines without one.</param>
/// <param name="unit">Nanoseconds of a timestamp's unit.</param>
/// <param name="isPlain">Whether no line has a backslash.</param>
internal sealed class BatchReader(int lines, long defaultTime, long unit, bool isPlain)
{
    private readonly PointBatch points = new(Math.Min(lines, 1 << 20));
    private readonly List<int> ends = new(Math.Min(lines, 1 << 20));
    private readonly List<string> errors = [];
    private readonly ByteCache<SeriesEntry> series = new();
    private readonly ByteCache<FieldName> names = new();
    private readonly List<(FieldName Name, FieldValue Value)> fields = [];
    private readonly List<(int Column, long Number, string? Word)> pending = [];
    private SeriesEntry? lastSeries;
    private int dropped;
    private string? dropReason;

    public LineBatch ToBatch() => new(points, errors, dropped, dropReason, ends);

    /// <summary>Reads a line that is not empty and does not begin with space.</summary>
    public void Read(ReadOnlySpan<byte> line)
    {
        if ((!isPlain && line.Contains((byte)'\\')) || !TryReadCommon(line))
        {
            ReadAny(line);
        }
    }

    /// <summary>Reads a line without backslashes, quickly; false, with nothing stored, if it is not as most are.</summary>
    private bool TryReadCommon(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOf((byte)' ');
        if (end < 0 || FindSeries(line[..end]) is not { } found)
        {
            return false;
        }

        var rest = line[end..].TrimStart(" \t\0"u8);
        if (!TryReadFields(found, ref rest))
        {
            return false;
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

    private bool TryReadFields(SeriesEntry found, ref ReadOnlySpan<byte> rest)
    {
        pending.Clear();
        while (true)
        {
            if (NameOf(found, rest) is not { } name)
            {
                return false;
            }

            rest = rest[(name.Bytes.Length + 1)..];
            var length = CommonValue.Read(rest, out var type, out var number, out var word);
            if (length == 0)
            {
                return false;
            }

            pending.Add((ColumnOf(found, name, type), number, word));
            rest = rest[length..];
            if (rest.IsEmpty || rest[0] == ' ')
            {
                return true;
            }

            rest = rest[1..];
        }
    }

    /// <summary>The name of the next field: mostly that of the series' last line in this place.</summary>
    private FieldName? NameOf(SeriesEntry found, ReadOnlySpan<byte> rest)
    {
        if (pending.Count < found.Slots.Count)
        {
            var expected = found.Slots[pending.Count].Name;
            if (rest.Length > expected.Bytes.Length && rest[expected.Bytes.Length] == '=' && rest.StartsWith(expected.Bytes))
            {
                return expected;
            }
        }

        var equals = rest.IndexOf((byte)'=');
        return equals <= 0 || rest[..equals].IndexOfAny((byte)',', (byte)' ') >= 0 ? null : FieldWalker.NameOf(rest[..equals], names);
    }

    /// <summary>The column of the next field; -1 for one that is not stored.</summary>
    private int ColumnOf(SeriesEntry found, FieldName name, FieldType type)
    {
        var at = pending.Count;
        if (at < found.Slots.Count)
        {
            var slot = found.Slots[at];
            if (ReferenceEquals(slot.Name, name) && slot.Type == type)
            {
                return slot.Column;
            }
        }

        var column = name.IsStored ? points.ColumnOf(found.Number, name.Text, type) : -1;
        if (at < found.Slots.Count)
        {
            found.Slots[at] = new FieldSlot(name, type, column);
        }
        else
        {
            found.Slots.Add(new FieldSlot(name, type, column));
        }

        return column;
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
        pending.Clear();
        foreach (var (name, value) in fields)
        {
            var number = value.Type switch
            {
                FieldType.Float => BitConverter.DoubleToInt64Bits(value.Float),
                FieldType.Boolean => value.Boolean ? 1 : 0,
                _ => value.Integer,
            };
            pending.Add((ColumnOf(found, name, value.Type), number, value.Type == FieldType.String ? value.Text : null));
        }

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
        foreach (var (column, number, word) in pending)
        {
            if (word is not null && column >= 0)
            {
                points.Add(column, time, word);
            }
            else if (column >= 0)
            {
                points.Add(column, time, number);
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
        var (measurement, tags) = SeriesKeyReader.Read(key);
        lastSeries = new SeriesEntry(key.ToArray(), measurement, tags, points.SeriesOf(measurement, tags));
        series.Add(key, lastSeries);
        return lastSeries;
    }
}
