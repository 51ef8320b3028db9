namespace Serverless.Domain.Documents;

/// <summary>Why a commit was refused.</summary>
public enum ConflictReason
{
    Exists,
    Missing,
    ETagMismatch,
}

/// <summary>A write of a commit did not find what it expected; nothing of the commit was applied.</summary>
public sealed class StoreConflictException(ConflictReason reason, DocumentKey key)
    : Exception($"The document {key.Kind}/{key.Id} in {key.Partition}: {reason}.")
{
    public ConflictReason Reason { get; } = reason;

    public DocumentKey Key { get; } = key;
}

/// <summary>The store cannot answer now: the disk is full, its file is locked, or its service is away. Nothing was half-written; the call may be tried again.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
