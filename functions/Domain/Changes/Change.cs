using System.Text.Json.Nodes;

namespace Serverless.Domain.Changes;

/// <summary>Something that happened in a tenant, for whoever listens.</summary>
/// <param name="Kind">What it happened to: "devices", "measurements", …</param>
/// <param name="Source">The id of the device that it is about.</param>
/// <param name="Action">"create", "update" or "delete".</param>
/// <param name="Body">The thing as it is now, or what is known of it after deletion.</param>
public sealed record Change(string Kind, string Source, string Action, JsonObject Body);

/// <summary>A change with its place in the tenant's log: 1, 2, 3 … in the order of the commits.</summary>
public sealed record LoggedChange(long Sequence, DateTimeOffset Time, string Kind, string Source, string Action, JsonObject Body);

/// <summary>A change as stored; <see cref="Name"/> is the sequence in sixteen digits, which orders as text.</summary>
internal sealed record ChangeDocument(string Name, DateTimeOffset Time, string Kind, string Source, string Action, JsonObject Body);

/// <summary>The last sequence of a tenant's log. Each commit that logs replaces it under its entity tag, so that sequences have neither gaps nor ties.</summary>
internal sealed record ChangeHead(long Last);
