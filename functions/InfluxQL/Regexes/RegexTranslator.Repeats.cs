using System.Globalization;

namespace Serverless.InfluxQL.Regexes;

internal sealed partial class RegexTranslator
{
    /// <summary>Reads *, +, ?, {n}, {n,} or {n,m}, each perhaps with ? after it. A brace that begins no count is a literal: then nothing is read.</summary>
    private bool TryRepeat(int lastRepeat)
    {
        var start = at;
        var (min, max) = (0, -1);
        switch (pattern[at])
        {
            case '*' or '+':
                at++;
                break;
            case '?':
                max = 1;
                at++;
                break;
            case '{' when TryCount(out min, out max):
                if (min > MaxRepeat || max > MaxRepeat || (max >= 0 && min > max))
                {
                    throw new RegexSyntaxException("invalid repeat count", pattern[start..at]);
                }

                break;
            default:
                return false;
        }

        var text = pattern[start..at];
        if (at < pattern.Length && pattern[at] == '?')
        {
            at++;
        }

        if (lastRepeat >= 0)
        {
            throw new RegexSyntaxException("invalid nested repetition operator", pattern[lastRepeat..at]);
        }

        if (!group.CanRepeat)
        {
            throw new RegexSyntaxException("missing argument to repetition operator", pattern[start..at]);
        }

        return group.Repeat(text, Math.Max(min, max)) ? true : throw new RegexSyntaxException("invalid repeat count", pattern[start..at]);
    }

    private bool TryCount(out int min, out int max)
    {
        var start = at++;
        max = -1;
        if (TryInteger(out min) && at < pattern.Length)
        {
            max = min;
            if (pattern[at] == ',')
            {
                at++;
                max = -1;
                if (at < pattern.Length && pattern[at] != '}' && !TryInteger(out max))
                {
                    at = start;
                    return false;
                }
            }

            if (at < pattern.Length && pattern[at] == '}')
            {
                at++;
                return true;
            }
        }

        at = start;
        return false;
    }

    /// <summary>Digits without a leading zero; numbers of too many digits are only too large.</summary>
    private bool TryInteger(out int number)
    {
        var start = at;
        while (at < pattern.Length && char.IsAsciiDigit(pattern[at]))
        {
            at++;
        }

        number = 0;
        var digits = pattern.AsSpan(start, at - start);
        if (digits.IsEmpty || (digits.Length > 1 && digits[0] == '0'))
        {
            return false;
        }

        number = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : int.MaxValue;
        return true;
    }
}
