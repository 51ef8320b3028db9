using System.Text;
using Serverless.Domain.Documents;
using SQLitePCL;

namespace Serverless.Local.Sqlite;

/// <summary>The SQL functions wildcard(pattern, value) and wildcard_lower(pattern, value): whether the value, or its lower case, is text that the pattern, with * for any
/// run, matches whole.</summary>
/// <remarks>SQLite's GLOB will not do: it recurses at each star (a hostile pattern runs for hours) and stops at a NUL character.</remarks>
internal static class Wildcard
{
    public static void Register(sqlite3 db)
    {
        const int Flags = raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC;
        _ = raw.sqlite3_create_function(db, "wildcard", 2, Flags, null, Invoke);
        _ = raw.sqlite3_create_function(db, "wildcard_lower", 2, Flags, null, InvokeLower);
    }

    // The pattern is in lower case already.
    private static bool MatchesLower(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        if (!Ascii.IsValid(text))
        {
            return WildcardPattern.Matches(pattern, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).ToLowerInvariant()));
        }

        Span<byte> lower = text.Length <= 512 ? stackalloc byte[text.Length] : new byte[text.Length];
        _ = Ascii.ToLower(text, lower, out _);
        return WildcardPattern.Matches(pattern, lower);
    }

    private static void InvokeLower(sqlite3_context context, object state, sqlite3_value[] arguments)
    {
        var matches =
            raw.sqlite3_value_type(arguments[1]) == raw.SQLITE_TEXT
            && MatchesLower(raw.sqlite3_value_blob(arguments[0]), raw.sqlite3_value_blob(arguments[1]));
        raw.sqlite3_result_int(context, matches ? 1 : 0);
    }

    private static void Invoke(sqlite3_context context, object state, sqlite3_value[] arguments)
    {
        var matches =
            raw.sqlite3_value_type(arguments[1]) == raw.SQLITE_TEXT
            && WildcardPattern.Matches(raw.sqlite3_value_blob(arguments[0]), raw.sqlite3_value_blob(arguments[1]));
        raw.sqlite3_result_int(context, matches ? 1 : 0);
    }
}
