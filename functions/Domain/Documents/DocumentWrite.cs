namespace Serverless.Domain.Documents;

/// <summary>What a write expects to find.</summary>
public enum WriteMode
{
    /// <summary>Nothing is there yet; else the commit fails with <see cref="ConflictReason.Exists"/>.</summary>
    Create,

    /// <summary>Something is there; else <see cref="ConflictReason.Missing"/>.</summary>
    Replace,

    /// <summary>Whatever is there is replaced.</summary>
    Upsert,

    /// <summary>The document is removed; one that is not there is <see cref="ConflictReason.Missing"/>.</summary>
    Delete,
}

/// <summary>One write of a commit.</summary>
/// <param name="Mode">What is expected and done.</param>
/// <param name="Kind">The document's kind.</param>
/// <param name="Id">The document's id within partition and kind.</param>
/// <param name="Body">A JSON object in UTF-8; empty for a deletion.</param>
/// <param name="IfMatch">The entity tag that the stored version must have, or null for any; else <see cref="ConflictReason.ETagMismatch"/>.</param>
/// <param name="Expires">When the document ends of itself, or null for never. An expired document is not read, whether or not it has been swept.</param>
public sealed record DocumentWrite(
    WriteMode Mode,
    string Kind,
    string Id,
    ReadOnlyMemory<byte> Body = default,
    string? IfMatch = null,
    DateTimeOffset? Expires = null
);
