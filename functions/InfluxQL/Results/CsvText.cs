using System.Globalization;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes CSV as Go's encoding/csv does.</summary>
internal static class CsvText
{
    public static void WriteError(ByteBuffer output, string message)
    {
        output.Write("error\n"u8);
        WriteField(output, message);
        output.Write((byte)'\n');
    }

    /// <summary>Writes a field, quoted where it holds a comma, a quote or a line's end, or begins with space.</summary>
    public static void WriteField(ByteBuffer output, string text)
    {
        if (!NeedsQuotes(text))
        {
            GoText.WriteUtf8(output, text);
            return;
        }

        output.Write((byte)'"');
        GoText.WriteUtf8(output, text.Replace("\"", "\"\"", StringComparison.Ordinal));
        output.Write((byte)'"');
    }

    /// <summary>Tags as one field: key=value with commas between, as in a series' key; those without a value are left out.</summary>
    public static string TagsOf(GroupTags tags)
    {
        var parts = new List<string>();
        for (var i = 0; i < tags.Keys.Length; i++)
        {
            if (tags.Values[i].Length > 0)
            {
                parts.Add($"{Escape(tags.Keys[i])}={Escape(tags.Values[i])}");
            }
        }

        return string.Join(',', parts);
    }

    /// <summary>Writes a value; what is absent or no number is nothing.</summary>
    public static void WriteCell(ByteBuffer output, Column column, int row)
    {
        if (column.IsAbsent(row))
        {
            if (column.Instead is { } instead)
            {
                WriteCell(output, instead, 0);
            }

            return;
        }

        switch (column.Type)
        {
            case FieldType.Float when double.IsNaN(column.Floats[row]):
                break;
            case FieldType.Float:
                output.Advance(GoFloat.FormatPlain(column.Floats[row], output.Reserve(GoFloat.MaxPlain)));
                break;
            case FieldType.Integer:
                WriteInteger(output, column.Integers[row]);
                break;
            case FieldType.Boolean:
                output.Write(column.Booleans[row] ? "true"u8 : "false"u8);
                break;
            default:
                WriteField(output, column.Strings[row]);
                break;
        }
    }

    public static void WriteInteger(ByteBuffer output, long value)
    {
        value.TryFormat(output.Reserve(20), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static bool NeedsQuotes(string text) =>
        text.Length > 0 && (text == "\\." || char.IsWhiteSpace(text[0]) || text.AsSpan().IndexOfAny(",\"\r\n") >= 0);

    private static string Escape(string text) =>
        text.Replace(",", "\\,", StringComparison.Ordinal)
            .Replace("=", "\\=", StringComparison.Ordinal)
            .Replace(" ", "\\ ", StringComparison.Ordinal);
}
