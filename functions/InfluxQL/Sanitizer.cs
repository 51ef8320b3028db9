using System.Text.RegularExpressions;

namespace Serverless.InfluxQL;

/// <summary>Hides passwords in the text of queries, valid or not, before it goes into a log or a listing.</summary>
public static partial class Sanitizer
{
    private const string Redacted = "[REDACTED]";

    /// <summary>The query with what follows PASSWORD FOR … = and WITH PASSWORD replaced; the rest stays as it is.</summary>
    public static string Sanitize(string query) =>
        query.Contains("password", StringComparison.OrdinalIgnoreCase)
            ? CreateUser().Replace(SetPassword().Replace(query, "${before}" + Redacted), "${before}" + Redacted)
            : query;

    private const string Password = """(?:'(?:[^'\\]|\\.)*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|[^\s;]+)""";

    [GeneratedRegex($"(?<before>password(?:\\s|--[^\\n]*\\n|/\\*.*?\\*/)+for[^=;]*=\\s*){Password}", Options, 1000)]
    private static partial Regex SetPassword();

    [GeneratedRegex($"(?<before>with(?:\\s|--[^\\n]*\\n|/\\*.*?\\*/)+password\\s*){Password}", Options, 1000)]
    private static partial Regex CreateUser();

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline;
}
