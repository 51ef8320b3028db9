using System.Runtime.InteropServices;
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
    private PendingValue[] pending = new PendingValue[16];
    private int pendingCount;
    private SeriesEntry? lastSeries;
    private int dropped;
    private string? tagReason;
    private string? fieldReason;

    public LineBatch ToBatch() => new(points, errors, dropped, tagReason ?? fieldReason, ends);

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
        pendingCount = 0;
        while (true)
        {
            var slots = CollectionsMarshal.AsSpan(found.Slots);
            var isExpected = pendingCount < slots.Length && IsNext(slots[pendingCount].Name.Bytes, rest);
            var name = isExpected ? slots[pendingCount].Name : NextName(found, rest);
            if (name is null)
            {
                return false;
            }

            rest = rest[(name.Bytes.Length + 1)..];
            var length = CommonValue.Read(rest, out var type, out var number, out var word);
            if (length == 0)
            {
                return false;
            }

            var column = isExpected && slots[pendingCount].Type == type ? slots[pendingCount].Column : ColumnOf(found, name, type);
            Push(column, number, word);
            if (length == rest.Length || rest[length] == ' ')
            {
                rest = rest[length..];
                return true;
            }

            rest = rest[(length + 1)..];
        }
    }

    private static bool IsNext(byte[] name, ReadOnlySpan<byte> rest) =>
        rest.Length > name.Length && rest[name.Length] == '=' && rest[..name.Length].SequenceEqual(name);

    private FieldName? NextName(SeriesEntry found, ReadOnlySpan<byte> rest)
    {
        var equals = rest.IndexOf((byte)'=');
        return equals <= 0 || !LineScanner.IsShort(found.Key.Length, equals) || rest[..equals].IndexOfAny((byte)',', (byte)' ') >= 0
            ? null
            : FieldWalker.NameOf(rest[..equals], names);
    }

    /// <summary>The column of the next field, -1 for one that is not stored; it is remembered for the next line of the series.</summary>
    private int ColumnOf(SeriesEntry found, FieldName name, FieldType type)
    {
        var slot = new FieldSlot(name, type, name.IsStored ? points.ColumnOf(found.Number, name.Text, type) : -1);
        if (pendingCount < found.Slots.Count)
        {
            found.Slots[pendingCount] = slot;
        }
        else
        {
            found.Slots.Add(slot);
        }

        return slot.Column;
    }

    private void Push(int column, long number, string? word)
    {
        if (pendingCount == pending.Length)
        {
            Array.Resize(ref pending, pendingCount * 2);
        }

        pending[pendingCount++] = new PendingValue(column, number, word);
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
        pendingCount = 0;
        foreach (var (name, value) in fields)
        {
            var number = value.Type switch
            {
                FieldType.Float => BitConverter.DoubleToInt64Bits(value.Float),
                FieldType.Boolean => value.Boolean ? 1 : 0,
                _ => value.Integer,
            };
            Push(ColumnOf(found, name, value.Type), number, value.Type == FieldType.String ? value.Text : null);
        }

        Store(found, scanner.Time ?? defaultTime);
    }

    private void Store(SeriesEntry entry, long time)
    {
        if (entry.HasTimeTag)
        {
            dropped++;
            tagReason ??= $"invalid tag key: input tag \"time\" on measurement \"{entry.Measurement}\" is invalid";
            return;
        }

        var before = points.Count;
        foreach (var (column, number, word) in pending.AsSpan(0, pendingCount))
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
            dropped++;
            fieldReason ??= $"invalid field name: input field \"time\" on measurement \"{entry.Measurement}\" is invalid";
            return;
        }

        ends.Add(points.Count);
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

    /// <summary>A value of the line that is being read.</summary>
    private readonly record struct PendingValue(int Column, long Number, string? Word);
}
