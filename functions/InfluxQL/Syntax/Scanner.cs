using System.Text;

namespace Serverless.InfluxQL.Syntax;

/// <summary>Splits a query into tokens. Regular expressions are scanned only where the parser asks for one, for "/" also divides.</summary>
internal sealed class Scanner(string text)
{
    public CodePoints Source { get; } = new(text);

    /// <summary>The next token, whitespace and comments among them.</summary>
    public Lexeme Scan()
    {
        var position = Source.NextPosition;
        var point = Source.Read();
        if (IsWhitespace(point))
        {
            return Whitespace(position);
        }

        if (IsLetter(point) || point is '_' or '"')
        {
            Source.Unread();
            return Word(lookup: true);
        }

        if (IsDigit(point))
        {
            Source.Unread();
            return NumberOrDuration();
        }

        return point switch
        {
            CodePoints.End => new(Token.Eof, position, ""),
            '\'' => Quoted(Token.String, PositionBeforeQuote()),
            '.' => NumberOrDot(position),
            '$' => BoundParameter(position),
            '+' => new(Token.Add, position, ""),
            '-' => SubtractionOrComment(position),
            '*' => new(Token.Mul, position, ""),
            '/' => DivisionOrComment(position),
            '%' => new(Token.Mod, position, ""),
            '&' => new(Token.BitwiseAnd, position, ""),
            '|' => new(Token.BitwiseOr, position, ""),
            '^' => new(Token.BitwiseXor, position, ""),
            '=' => new(Accept('~') ? Token.EqRegex : Token.Eq, position, ""),
            '!' when Accept('=') => new(Token.Neq, position, ""),
            '!' when Accept('~') => new(Token.NeqRegex, position, ""),
            '>' => new(Accept('=') ? Token.Gte : Token.Gt, position, ""),
            '<' when Accept('>') => new(Token.Neq, position, ""),
            '<' => new(Accept('=') ? Token.Lte : Token.Lt, position, ""),
            '(' => new(Token.LeftParen, position, ""),
            ')' => new(Token.RightParen, position, ""),
            ',' => new(Token.Comma, position, ""),
            ';' => new(Token.Semicolon, position, ""),
            ':' => new(Accept(':') ? Token.DoubleColon : Token.Colon, position, ""),
            _ => new(Token.Illegal, position, new Rune(point).ToString()),
        };
    }

    /// <summary>A regular expression between slashes on one line. "\/" stands for a slash; other escapes are the expression's own.</summary>
    public Lexeme ScanRegex()
    {
        var position = Source.CurrentPosition;
        Source.Read();
        var pattern = new StringBuilder();
        while (true)
        {
            var point = Source.Read();
            switch (point)
            {
                case '/':
                    return new(Token.Regex, position, pattern.ToString());
                case CodePoints.End or '\n':
                    return new(Token.BadRegex, position, "");
                case '\\' when Accept('/'):
                    pattern.Append('/');
                    break;
                default:
                    pattern.Append(new Rune(point));
                    break;
            }
        }
    }

    public static bool IsWhitespace(int point) => point is ' ' or '\t' or '\n';

    public static bool IsLetter(int point) => point is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');

    public static bool IsDigit(int point) => point is >= '0' and <= '9';

    public static bool IsIdent(int point) => IsLetter(point) || IsDigit(point) || point == '_';

    private bool Accept(int wanted)
    {
        if (Source.Read() == wanted)
        {
            return true;
        }

        Source.Unread();
        return false;
    }

    private Lexeme Whitespace(Position position)
    {
        var from = Source.Offset - 1;
        while (true)
        {
            var point = Source.Read();
            if (!IsWhitespace(point))
            {
                var space = Source.Slice(from, Source.Offset - 1);
                if (point != CodePoints.End)
                {
                    Source.Unread();
                }

                return new(Token.Whitespace, position, space);
            }
        }
    }

    /// <summary>A keyword or an identifier, bare or quoted. A quote after bare characters begins the identifier anew.</summary>
    private Lexeme Word(bool lookup)
    {
        var position = Source.NextPosition;
        var from = Source.Offset;
        while (true)
        {
            var point = Source.Read();
            if (point == '"')
            {
                return Quoted(Token.Ident, position);
            }

            if (IsIdent(point))
            {
                continue;
            }

            var word = Source.Slice(from, Source.Offset - 1);
            if (point != CodePoints.End)
            {
                Source.Unread();
            }

            var token = lookup ? Tokens.Lookup(word) : Token.Ident;
            return new(token, position, token == Token.Ident ? word : "");
        }
    }

    /// <summary>What stands between the quote that was just read and the next, on one line; \n, \\, \" and \' are escapes.</summary>
    private Lexeme Quoted(Token token, Position position)
    {
        var start = PositionBeforeQuote();
        var quote = Source.Current;
        var content = new StringBuilder();
        while (true)
        {
            var point = Source.Read();
            if (point == quote)
            {
                return new(token, position, content.ToString());
            }

            if (point is CodePoints.End or '\n')
            {
                return new(Token.BadString, start, content.ToString());
            }

            if (point == '\\')
            {
                var escaped = Source.Read();
                if (escaped is not ('n' or '\\' or '"' or '\''))
                {
                    return new(Token.BadEscape, Source.CurrentPosition, $"\\{new Rune(escaped)}");
                }

                point = escaped == 'n' ? '\n' : escaped;
            }

            content.Append(new Rune(point));
        }
    }

    /// <summary>Strings are reported at the character before their quote, as the real server does.</summary>
    private Position PositionBeforeQuote()
    {
        Source.Unread();
        var position = Source.CurrentPosition;
        Source.Read();
        return position;
    }

    private Lexeme BoundParameter(Position position)
    {
        var name = Word(lookup: false);
        return name.Token == Token.Ident
            ? new(Token.BoundParam, position, "$" + name.Literal)
            : name with
            {
                Position = position,
                Literal = "$" + name.Literal,
            };
    }

    private Lexeme NumberOrDot(Position position)
    {
        var isNumber = IsDigit(Source.Read());
        Source.Unread();
        if (!isNumber)
        {
            return new(Token.Dot, position, "");
        }

        Source.Unread();
        return NumberOrDuration();
    }

    /// <summary>Digits; with a full stop, a number, else with letters after them a duration, else an integer.</summary>
    private Lexeme NumberOrDuration()
    {
        var position = Source.NextPosition;
        var from = Source.Offset;
        SkipWhile(IsDigit);
        var to = Source.Offset;
        if (Accept('.'))
        {
            SkipWhile(IsDigit);
            return new(Token.Number, position, Source.Slice(from, Source.Offset == to + 1 ? to : Source.Offset));
        }

        SkipWhile(point => IsLetter(point) || IsDigit(point) || point == 'µ');
        return new(Source.Offset == to ? Token.Integer : Token.DurationValue, position, Source.Slice(from, Source.Offset));
    }

    private void SkipWhile(Func<int, bool> predicate)
    {
        while (predicate(Source.Read())) { }

        Source.Unread();
    }

    private Lexeme SubtractionOrComment(Position position)
    {
        if (!Accept('-'))
        {
            return new(Token.Sub, position, "");
        }

        while (Source.Read() is not ('\n' or CodePoints.End)) { }

        return new(Token.Comment, position, "");
    }

    private Lexeme DivisionOrComment(Position position)
    {
        if (!Accept('*'))
        {
            return new(Token.Div, position, "");
        }

        while (true)
        {
            var point = Source.Read();
            if (point == CodePoints.End)
            {
                return new(Token.Illegal, position, "");
            }

            if (point == '*' && Accept('/'))
            {
                return new(Token.Comment, position, "");
            }
        }
    }
}
