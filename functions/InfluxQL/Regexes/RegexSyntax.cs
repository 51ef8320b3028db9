using System.Text.RegularExpressions;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Regexes;

/// <summary>Regular expressions in RE2's syntax as Go reads it, which is the real server's: no look-around, no back-references, matching in linear time.</summary>
public static class RegexSyntax
{
    /// <summary>What Go says is wrong with the pattern ("error parsing regexp: missing closing ): `(`"), or null if nothing is.</summary>
    public static string? FindError(string pattern)
    {
        try
        {
            new RegexTranslator(pattern).Translate();
            return null;
        }
        catch (RegexSyntaxException error)
        {
            return error.Message;
        }
    }

    /// <summary>An equal expression for <see cref="Regex.IsMatch(string)"/>: it matches the same texts; its groups and the extent of its matches are not the pattern's.</summary>
    /// <exception cref="InfluxSyntaxException">The pattern is not valid.</exception>
    /// <exception cref="QueryException">It would take more states than .NET allows for.</exception>
    public static Regex ToRegex(string pattern)
    {
        try
        {
            return new Regex(
                new RegexTranslator(pattern).Translate(),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(10)
            );
        }
        catch (RegexSyntaxException error)
        {
            throw new InfluxSyntaxException(error.Message, error);
        }
        catch (NotSupportedException)
        {
            throw new QueryException("regular expression is too large");
        }
    }
}
