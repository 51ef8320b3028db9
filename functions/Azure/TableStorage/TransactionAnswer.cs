using System.Globalization;

namespace Serverless.Azure.TableStorage;

/// <summary>Reads the answer to an entity group transaction: multipart, one part for each operation where all succeeded, else one for that which failed.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions.</remarks>
internal static class TransactionAnswer
{
    public const int Accepted = 202;

    private static ReadOnlySpan<byte> StatusLine => "HTTP/1.1 "u8;

    /// <returns>The refusal, or null where the transaction was committed. An answer without any status is none: 500.</returns>
    public static TableError? Read(BinaryData body)
    {
        var rest = body.ToMemory().Span;
        var parts = 0;
        for (var at = rest.IndexOf(StatusLine); at >= 0; at = rest.IndexOf(StatusLine))
        {
            rest = rest[(at + StatusLine.Length)..];
            if (rest.Length < 3 || !int.TryParse(rest[..3], NumberStyles.None, null, out var status))
            {
                break;
            }

            if (status >= 400)
            {
                return new TableError(status, CodeIn(rest));
            }

            parts++;
        }

        return parts > 0 ? null : new TableError(500, "InvalidAnswer");
    }

    private static string CodeIn(ReadOnlySpan<byte> part)
    {
        var (start, end) = (part.IndexOf((byte)'{'), part.LastIndexOf((byte)'}'));
        return start < 0 || end < start ? "" : TableErrors.CodeIn(BinaryData.FromBytes(part[start..(end + 1)].ToArray()));
    }
}
