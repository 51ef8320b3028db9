using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.LineProtocol;

internal ref partial struct LineScanner
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789.eE+-i"u8);

    /// <summary>name "=" value { "," name "=" value }, up to a space that is not within a string.</summary>
    private string? ScanFields()
    {
        SkipSpace();
        var start = at;
        var quoted = false;
        var (equals, commas) = (0, 0);
        while (at < line.Length && (line[at] != ' ' || quoted))
        {
            if (line[at] == '\\' && at + 1 < line.Length)
            {
                at += 2;
                continue;
            }

            if (line[at] == '"' && equals > commas)
            {
                quoted = !quoted;
            }
            else if (line[at] == '=' && !quoted)
            {
                equals++;
                if (ScanValue(out var isScanned) is { } problem)
                {
                    return problem;
                }

                if (isScanned)
                {
                    continue;
                }
            }
            else if (line[at] == ',' && !quoted)
            {
                commas++;
            }

            at++;
        }

        at = Math.Min(at, line.Length);
        if (quoted)
        {
            return "unbalanced quotes";
        }

        if (equals == 0 || commas != equals - 1)
        {
            return "invalid field format";
        }

        Fields = line[start..at];
        return CheckKeyLengths();
    }

    /// <summary>What an equals sign needs around it, and the number or boolean after it; a string is left to the caller.</summary>
    private string? ScanValue(out bool isScanned)
    {
        isScanned = false;
        if (this[at - 1] is (byte)' ' or (byte)',' && this[at - 2] != '\\')
        {
            return "missing field key";
        }

        if (at + 1 >= line.Length || line[at + 1] is (byte)',' or (byte)' ')
        {
            return "missing field value";
        }

        var first = line[at + 1];
        if (first == '"')
        {
            return null;
        }

        at++;
        isScanned = true;
        return first is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' or (byte)'N' or (byte)'n' ? ScanNumber() : ScanBoolean();
    }

    private string? ScanBoolean()
    {
        var token = Token();
        at += token.Length;
        return CommonValue.TryBoolean(token, out _) ? null : "invalid boolean";
    }

    /// <summary>A float, or digits with i after them. Unsigned integers are off in the real server.</summary>
    private string? ScanNumber()
    {
        const string Invalid = "invalid number";
        var token = Token();
        at += token.Length;
        var body = token[0] == '-' ? token[1..] : token;
        if (body.IsEmpty || body.IndexOfAnyExcept(NumberBytes) >= 0 || body.Count((byte)'.') > 1 || body.Count((byte)'i') > 1)
        {
            return Invalid;
        }

        for (var i = 0; i < body.Length; i++)
        {
            var isSign = body[i] is (byte)'+' or (byte)'-';
            var isFirstExponent = i == 0 && body.Length == token.Length && body[i] is (byte)'e' or (byte)'E';
            if (isFirstExponent || (isSign && (i == 0 || body[i - 1] is not ((byte)'e' or (byte)'E'))))
            {
                return Invalid;
            }
        }

        var isInteger = body.Contains((byte)'i');
        var isScientific = body.IndexOfAny((byte)'e', (byte)'E') >= 0;
        var digits = body.Length - (isInteger ? 1 : 0) - body.Count((byte)'.');
        if (digits == 0 || (isInteger && (isScientific || body.Contains((byte)'.') || body[^1] != 'i')))
        {
            return Invalid;
        }

        if (isInteger)
        {
            var number = Encoding.ASCII.GetString(token[..^1]);
            return CommonValue.TryInteger(token[..^1], out _)
                ? null
                : $"unable to parse integer {number}: {GoNumbers.OutOfRange("ParseInt", number)}";
        }

        return Utf8Parser.TryParse(token, out double value, out var length) && length == token.Length && double.IsFinite(value)
            ? null
            : "invalid float";
    }

    private readonly ReadOnlySpan<byte> Token()
    {
        var end = line[at..].IndexOfAny((byte)',', (byte)' ');
        return end < 0 ? line[at..] : line.Slice(at, end);
    }

    /// <summary>Whether a key, four bytes and a field's name are at most <see cref="MaxKeyLength"/> long together.</summary>
    public static bool IsShort(int key, int name) => key + 4 + name <= MaxKeyLength;

    private readonly string? CheckKeyLengths()
    {
        if (IsShort(KeyEnd, Fields.Length))
        {
            return null;
        }

        var fields = new List<(FieldName Name, Domain.Series.FieldValue)>();
        FieldWalker.Walk(Fields, new ByteCache<FieldName>(), fields);
        foreach (var (name, _) in fields)
        {
            var size = KeyEnd + 4 + Encoding.UTF8.GetByteCount(name.Text);
            if (size > MaxKeyLength)
            {
                return $"max key length exceeded: {size} > {MaxKeyLength}";
            }
        }

        return null;
    }
}
