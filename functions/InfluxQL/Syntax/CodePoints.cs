using System.Text;

namespace Serverless.InfluxQL.Syntax;

/// <summary>The code points of a query with their places. It may be read past its end, where it gives <see cref="End"/> for ever, and stepped back.</summary>
/// <remarks>A carriage return, with or without a line feed, is a line feed. A NUL ends the text.</remarks>
internal sealed class CodePoints
{
    public const int End = 0;

    private readonly int[] points;
    private readonly int length;
    private int next;
    private int line;
    private int lineStart;

    public CodePoints(string text)
    {
        points = new int[text.Length];
        var afterReturn = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == End)
            {
                break;
            }

            if (rune.Value != '\n' || !afterReturn)
            {
                points[length++] = rune.Value == '\r' ? '\n' : rune.Value;
            }

            afterReturn = rune.Value == '\r';
        }
    }

    /// <summary>The next code point, consumed.</summary>
    public int Read()
    {
        var point = next < length ? points[next] : End;
        next++;
        if (point == '\n')
        {
            line++;
            lineStart = next;
        }

        return point;
    }

    /// <summary>Takes the last <see cref="Read"/> back.</summary>
    public void Unread()
    {
        next--;
        if (next < length && points[next] == '\n')
        {
            line--;
            lineStart = next == 0 ? 0 : Array.LastIndexOf(points, '\n', next - 1) + 1;
        }
    }

    /// <summary>The next code point; the end, once seen, counts as read.</summary>
    public int PeekConsumingEnd()
    {
        var point = Read();
        if (point != End)
        {
            Unread();
        }

        return point;
    }

    /// <summary>The code point that was read last.</summary>
    public int Current => next - 1 < length ? points[next - 1] : End;

    /// <summary>Where the next code point stands. The end has one place when first read and, one further, a second for ever after.</summary>
    public Position NextPosition => new(line, Math.Min(next, length + 1) - lineStart);

    /// <summary>Where the code point that was read last stands; the beginning where none was.</summary>
    public Position CurrentPosition
    {
        get
        {
            if (next == 0)
            {
                return default;
            }

            Unread();
            var position = NextPosition;
            Read();
            return position;
        }
    }

    /// <summary>The text between two offsets, as <see cref="Offset"/> gave them.</summary>
    public string Slice(int from, int to)
    {
        var text = new StringBuilder(to - from);
        for (var i = from; i < Math.Min(to, length); i++)
        {
            text.Append(new Rune(points[i]));
        }

        return text.ToString();
    }

    /// <summary>How many code points were read.</summary>
    public int Offset => next;
}
