using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>The words that statements begin with, as a tree: after each word either a production or more words, in the order in which error texts name them.</summary>
internal sealed partial class StatementWords
{
    private readonly List<(Token Word, Func<Parser, Statement>? Parse, StatementWords? Following)> words = [];
    private string[] expected = [];

    /// <summary>The words that may come next.</summary>
    public ReadOnlySpan<string> Expected => expected;

    public bool TryStep(Token word, out Func<Parser, Statement>? parse, out StatementWords? following)
    {
        foreach (var entry in words)
        {
            if (entry.Word == word)
            {
                (_, parse, following) = entry;
                return true;
            }
        }

        (parse, following) = (null, null);
        return false;
    }

    private StatementWords Add(Token word, Func<Parser, Statement> parse) => Add(word, parse, null);

    private StatementWords Add(Token word, StatementWords following) => Add(word, null, following);

    private StatementWords Add(Token word, Func<Parser, Statement>? parse, StatementWords? following)
    {
        words.Add((word, parse, following));
        expected = [.. expected, word.Text()];
        return this;
    }
}
