namespace Serverless.InfluxQL.Regexes;

internal sealed partial class RegexTranslator
{
    /// <summary>Reads "(", "(?P&lt;name&gt;", "(?flags:" or "(?flags)".</summary>
    private void Open()
    {
        if (!pattern.AsSpan(at).StartsWith("(?"))
        {
            Push(group.Flags);
            at++;
            return;
        }

        if (pattern.Length > at + 4 && pattern.AsSpan(at).StartsWith("(?P<"))
        {
            OpenNamed();
            return;
        }

        OpenWithFlags();
    }

    private void OpenNamed()
    {
        var end = pattern.IndexOf('>', at);
        if (end < 0)
        {
            throw new RegexSyntaxException("invalid named capture", pattern[at..]);
        }

        var name = pattern[(at + 4)..end];
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw new RegexSyntaxException("invalid named capture", pattern[at..(end + 1)]);
        }

        Push(group.Flags);
        at = end + 1;
    }

    private void OpenWithFlags()
    {
        var start = at;
        var flags = group.Flags;
        var (on, seen) = (true, false);
        for (at += 2; at < pattern.Length; at++)
        {
            var c = pattern[at];
            if (flags.With(c, on) is { } changed)
            {
                (flags, seen) = (changed, true);
                continue;
            }

            if (c == '-' && on)
            {
                (on, seen) = (false, false);
                continue;
            }

            if (c is not (':' or ')') || (!on && !seen))
            {
                throw new RegexSyntaxException("invalid or unsupported Perl syntax", pattern[start..(at + 1)]);
            }

            at++;
            if (c == ':')
            {
                Push(flags);
            }
            else
            {
                group.Flags = flags;
            }

            return;
        }

        throw new RegexSyntaxException("invalid or unsupported Perl syntax", pattern[start..]);
    }
}
