using System.Text.RegularExpressions;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>Search by text: objects whose id, type, name, owner or an external id holds one of the words, whatever the case; words between quotation marks are one.</summary>
internal static partial class TextSearch
{
    // Each word is looked for in every object: more than these are a text, and not a search.
    private const int MostWords = 32;

    private static readonly MemberPath[] Members = ["id", "type", "name", "owner"];

    /// <summary>The filter of a search; of no words at all none matches.</summary>
    public static Filter Filter(string text) => Domain.Documents.Filter.Any([.. Words().Matches(text).Take(MostWords).Select(Holds)]);

    private static Filter Holds(Match match)
    {
        var pattern = $"*{match.Value.Trim('"')}*";
        return Domain.Documents.Filter.Any([
            .. Members.Select(member => new Filter.Wildcard(member, pattern, IgnoreCase: true)),
            new Filter.Element("externalIds", new Filter.Wildcard("value", pattern, IgnoreCase: true)),
        ]);
    }

    [GeneratedRegex("\"[^\"]+\"|[^\\s\"]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
