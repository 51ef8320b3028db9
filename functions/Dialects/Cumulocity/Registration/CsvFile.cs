using System.Text;
using Serverless.Dialects.Cumulocity.Answers;

namespace Serverless.Dialects.Cumulocity.Registration;

/// <summary>A line of a file of devices: its values by the names of the columns, and the line as it was.</summary>
internal sealed record CsvLine(IReadOnlyDictionary<string, string> Values, string Text)
{
    /// <summary>A value, or null where there is no such column or it is empty.</summary>
    public string? this[string column] => Values.TryGetValue(column, out var value) && value.Length > 0 ? value : null;
}

/// <summary>A file of devices: a line of column names, then a line for each device, separated by tabulators, semicolons or commas (whichever the first line has).</summary>
/// <param name="Columns">The names of the columns; the API's own in upper case.</param>
/// <param name="Lines">The devices.</param>
internal sealed record CsvFile(IReadOnlyList<string> Columns, IReadOnlyList<CsvLine> Lines)
{
    private static readonly char[] Separators = ['\t', ';', ','];
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="CumulocityException">It has no header, a column twice, or a quote that does not end.</exception>
    public static CsvFile Parse(byte[] bytes)
    {
        var lines = Split(Decode(bytes)).Where(line => line.Trim().Length > 0).ToList();
        if (lines.Count == 0)
        {
            throw Wrong("The file is empty: its first line names the columns, such as ID;CREDENTIALS;TYPE;NAME.");
        }

        var separator = Separators.MaxBy(candidate => lines[0].Count(c => c == candidate));
        var columns = Values(lines[0], separator).ConvertAll(NameOf);
        if (columns.Distinct().Count() < columns.Count || columns.Contains(""))
        {
            throw Wrong("Each column of the file has a name of its own.");
        }

        return new CsvFile(columns, [.. lines.Skip(1).Select(line => Line(line, columns, separator))]);
    }

    private static CsvLine Line(string line, List<string> columns, char separator)
    {
        var values = Values(line, separator);
        var named = new Dictionary<string, string>();
        for (var i = 0; i < columns.Count; i++)
        {
            named[columns[i]] = i < values.Count ? values[i] : "";
        }

        return new CsvLine(named, line);
    }

    /// <summary>The API's columns are found in any case; those that are properties keep theirs.</summary>
    private static string NameOf(string column) =>
        BulkRegistration.Columns.FirstOrDefault(known => known.Equals(column, StringComparison.OrdinalIgnoreCase)) ?? column;

    private static string Decode(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            // As spreadsheets save it.
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>The lines; one that is broken within quotes goes on.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var (start, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            isQuoted ^= text[i] == '"';
            if (text[i] == '\n' && !isQuoted)
            {
                yield return text[start..i].TrimEnd('\r');
                start = i + 1;
            }
        }

        if (isQuoted)
        {
            throw Wrong("A quote in the file does not end.");
        }

        yield return text[start..].TrimEnd('\r');
    }

    private static List<string> Values(string line, char separator)
    {
        var values = new List<string>();
        var (value, isQuoted) = (new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && isQuoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                value.Append('"');
                i++;
            }
            else if (line[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (line[i] == separator && !isQuoted)
            {
                values.Add(value.ToString().Trim());
                value.Clear();
            }
            else
            {
                value.Append(line[i]);
            }
        }

        values.Add(value.ToString().Trim());
        return values;
    }

    private static CumulocityException Wrong(string message) => CumulocityErrors.Invalid("devicecontrol", message);
}
