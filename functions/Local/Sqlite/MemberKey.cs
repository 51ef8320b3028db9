using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>The key of a member: one SQL value whose order in SQLite is the order of documents, so that a column can be compared, sorted and indexed by it.</summary>
/// <remarks>SQLite orders real numbers before text before blobs. A number is its float64, a string its text, an array or object the empty blob; null (or
/// absent), false and true are the three numbers below all others. Numbers under <see cref="Lowest"/> are taken for it. No key is NULL, so no condition is unknown.</remarks>
internal static class MemberKey
{
    public const string Null = "-9e999";
    public const string False = "-1.797e308";
    public const string True = "-1.795e308";
    public const string FirstText = "''";
    public const string FirstBlob = "x''";
    public const double Lowest = -1.79e308;
    public const string FirstNumber = "-1.79e308";

    private static readonly string[] Columns = ["type", "owner", "name", "source", "status", "time"];

    /// <summary>The column that holds a path's key, or null where the key is computed from the body.</summary>
    public static string? Column(MemberPath path) => path.Names is [var name] && Columns.Contains(name) ? $"{name}_key" : null;

    /// <summary>The key as an expression over a body.</summary>
    /// <param name="path">An SQL expression for the JSON path: a parameter, or a literal in the schema.</param>
    public static string Expression(string path) =>
        $"""
            CASE json_type(body, {path})
            WHEN 'text' THEN json_extract(body, {path})
            WHEN 'integer' THEN max({FirstNumber}, CAST(json_extract(body, {path}) AS REAL))
            WHEN 'real' THEN max({FirstNumber}, CAST(json_extract(body, {path}) AS REAL))
            WHEN 'true' THEN {True} WHEN 'false' THEN {False}
            WHEN 'array' THEN {FirstBlob} WHEN 'object' THEN {FirstBlob}
            ELSE {Null} END
            """.ReplaceLineEndings(" ");

    /// <summary>The path as SQLite's JSON functions read it: each name a quoted label with JSON's escapes.</summary>
    public static string JsonPath(MemberPath path) => "$" + string.Concat(path.Names.Select(name => $".\"{Escape(name)}\""));

    private static string Escape(string name) => JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
}
