namespace Serverless.InfluxQL.Regexes;

/// <summary>Reads a pattern of Go's and writes one of .NET's. Every atom is written with its flags resolved, so that atoms can be repeated and joined as text.</summary>
/// <remarks>Alternatives and groups are kept on a stack, not in calls, so that no pattern is too deep for the thread's stack.</remarks>
internal sealed partial class RegexTranslator(string pattern)
{
    private const int MaxDepth = 1000;
    private const int MaxRepeat = 1000;

    private readonly Stack<Group> outer = new();
    private Group group = new(default);
    private int at;

    public string Translate()
    {
        var lastRepeat = -1;
        while (at < pattern.Length)
        {
            var start = at;
            var isRepeat = TryRepeat(lastRepeat);
            if (!isRepeat)
            {
                Atom();
            }

            lastRepeat =
                !isRepeat ? -1
                : lastRepeat >= 0 ? lastRepeat
                : start;
        }

        return outer.Count == 0 ? group.Close() : throw new RegexSyntaxException("missing closing )", pattern);
    }

    private void Atom()
    {
        var c = pattern[at];
        switch (c)
        {
            case '(':
                Open();
                break;
            case ')':
                CloseGroup();
                break;
            case '|':
                group.NextAlternative();
                at++;
                break;
            case '^':
                Add(group.Flags.Multiline ? "(?m:^)" : "\\A");
                break;
            case '$':
                Add(group.Flags.Multiline ? "(?m:$)" : "\\z");
                break;
            case '.':
                Add(group.Flags.DotAll ? "[\\s\\S]" : "[^\\n]");
                break;
            case '[':
                Class();
                break;
            case '\\':
                Escape();
                break;
            default:
                Literal(NextCodePoint());
                break;
        }
    }

    private void Add(string atom)
    {
        group.Add(atom, 1);
        at++;
    }

    private void Literal(int point) => group.Add(group.Flags.Fold(CharSet.Literal(point)), 1);

    private int NextCodePoint()
    {
        var point = char.IsSurrogatePair(pattern, at) ? char.ConvertToUtf32(pattern, at) : pattern[at];
        at += point > char.MaxValue ? 2 : 1;
        return point;
    }

    private void CloseGroup()
    {
        if (!outer.TryPop(out var enclosing))
        {
            throw new RegexSyntaxException("unexpected )", pattern);
        }

        var (text, weight) = (group.Close(), group.Weight);
        group = enclosing;
        group.Add($"(?:{text})", weight);
        at++;
    }

    private void Push(Flags flags)
    {
        if (outer.Count >= MaxDepth)
        {
            throw new RegexSyntaxException("expression nests too deeply", pattern);
        }

        outer.Push(group);
        group = new Group(flags);
    }
}
