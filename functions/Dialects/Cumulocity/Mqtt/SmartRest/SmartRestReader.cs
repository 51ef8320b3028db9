using System.Text;

namespace Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

/// <summary>Reads SmartREST 2.0: rows that end with a line feed, of values that commas separate.</summary>
/// <remarks>
/// A value in quotes holds anything. A quote in it is written \" (the vendor's documentation) or "" (as thin-edge.io also does). Backslashes are themselves but directly before a quote, where two stand
/// for one, so that a value can end with one. What is not in quotes is trimmed.
/// </remarks>
internal static class SmartRestReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the rows of a message; a row that cannot be read is an error, and the ones behind it are read all the same.</summary>
    /// <param name="payload">The message, in UTF-8.</param>
    /// <param name="errors">Errors are added there.</param>
    public static IReadOnlyList<SmartRestRow> Read(ReadOnlySpan<byte> payload, ICollection<SmartRestException> errors)
    {
        try
        {
            return Read(Utf8.GetString(payload), errors);
        }
        catch (DecoderFallbackException)
        {
            errors.Add(new SmartRestException(SmartRestError.Malformed, "", "The message is no UTF-8."));
            return [];
        }
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, ICollection{SmartRestException})"/>
    public static IReadOnlyList<SmartRestRow> Read(string text, ICollection<SmartRestException> errors)
    {
        var rows = new List<SmartRestRow>();
        var scan = new Scanner(text);
        for (var number = 1; !scan.AtEnd; number++)
        {
            var start = scan.Position;
            try
            {
                var values = scan.Row();
                if (values is not [""])
                {
                    rows.Add(new SmartRestRow(values[0], values[1..]));
                }
            }
            catch (FormatException broken)
            {
                scan.SkipLine(start);
                errors.Add(new SmartRestException(SmartRestError.Malformed, IdOf(text, start), $"Row {number}: {broken.Message}"));
            }
        }

        return rows;
    }

    /// <summary>What stands before the first comma of a row that cannot be read, where it may be an id.</summary>
    private static string IdOf(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return text[start..end];
    }

    private sealed class Scanner(string text)
    {
        private int position;

        public int Position => position;

        public bool AtEnd => position >= text.Length;

        private bool AtRowEnd => AtEnd || text[position] == '\n';

        /// <summary>Reads one row, and what ends it.</summary>
        public List<string> Row()
        {
            var values = new List<string>();
            while (true)
            {
                values.Add(Value());
                if (AtRowEnd)
                {
                    position++;
                    return values;
                }

                position++; // the comma
            }
        }

        public void SkipLine(int start)
        {
            var end = text.IndexOf('\n', start);
            position = end < 0 ? text.Length : end + 1;
        }

        private string Value()
        {
            var start = position;
            while (!AtRowEnd && text[position] != ',' && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (!AtEnd && text[position] == '"')
            {
                return Quoted();
            }

            while (!AtRowEnd && text[position] != ',')
            {
                position++;
            }

            return text[start..position].Trim();
        }

        private string Quoted()
        {
            var value = new StringBuilder();
            position++;
            while (!AtEnd)
            {
                var c = text[position];
                if (c == '\\')
                {
                    Backslashes(value);
                }
                else if (c != '"')
                {
                    value.Append(c);
                    position++;
                }
                else if (position + 1 < text.Length && text[position + 1] == '"')
                {
                    value.Append('"');
                    position += 2;
                }
                else
                {
                    position++;
                    return Closed(value);
                }
            }

            throw new FormatException("A quoted value has no end.");
        }

        /// <summary>A run of backslashes: before a quote two stand for one, and one that is left makes the quote a part of the value.</summary>
        private void Backslashes(StringBuilder value)
        {
            var start = position;
            while (!AtEnd && text[position] == '\\')
            {
                position++;
            }

            var count = position - start;
            if (AtEnd || text[position] != '"')
            {
                value.Append('\\', count);
                return;
            }

            value.Append('\\', count / 2);
            if (count % 2 == 1)
            {
                value.Append('"');
                position++;
            }
        }

        private string Closed(StringBuilder value)
        {
            while (!AtRowEnd && text[position] != ',')
            {
                if (!char.IsWhiteSpace(text[position]))
                {
                    throw new FormatException("A comma follows the end of a quoted value.");
                }

                position++;
            }

            return value.ToString();
        }
    }
}
