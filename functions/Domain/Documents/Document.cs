namespace Serverless.Domain.Documents;

/// <summary>Names one document. A partition is what one atomic commit and one query may span: a tenant's id, or "tenant/kind" for kinds of their own volume.</summary>
public readonly record struct DocumentKey(string Partition, string Kind, string Id);

/// <summary>A stored document: a JSON object in UTF-8 and the entity tag of this version of it.</summary>
public sealed record Document(DocumentKey Key, ReadOnlyMemory<byte> Body, string ETag);

/// <summary>One page of a query; <see cref="Cursor"/> is null on the last page.</summary>
public sealed record DocumentPage(IReadOnlyList<Document> Items, string? Cursor);
