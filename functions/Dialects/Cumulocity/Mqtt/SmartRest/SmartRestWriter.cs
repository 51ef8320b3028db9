using System.Text;

namespace Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

/// <summary>Writes rows of SmartREST 2.0, as <see cref="SmartRestReader"/> reads them.</summary>
internal static class SmartRestWriter
{
    public static string Write(params IEnumerable<string> values) => string.Join(',', values.Select(Quote));

    /// <summary>The value as it stands in a row: in quotes where it holds what would end it or be trimmed.</summary>
    private static string Quote(string value)
    {
        if (!NeedsQuotes(value))
        {
            return value;
        }

        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var c in value)
        {
            if (c == '"')
            {
                // Backslashes before a quote are doubled, and one more escapes it.
                quoted.Append('\\', backslashes + 1);
            }

            backslashes = c == '\\' ? backslashes + 1 : 0;
            quoted.Append(c);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }

    private static bool NeedsQuotes(string value) =>
        value.AsSpan().IndexOfAny("\",\n\r\t") >= 0 || (value.Length > 0 && (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1])));
}
