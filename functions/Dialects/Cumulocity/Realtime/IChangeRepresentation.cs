using System.Text.Json.Nodes;
using Serverless.Domain.Changes;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>How notifications show one kind of changes: as its part of the API shows the thing itself.</summary>
internal interface IChangeRepresentation
{
    /// <summary>The kind in the change log.</summary>
    string Kind { get; }

    /// <summary>The id of the thing, which is all that is told of one that was deleted.</summary>
    string IdOf(LoggedChange change);

    /// <summary>The thing as it is after the change, or null where it is not to be told.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="change">The change; its body is others' too, and stays as it is.</param>
    /// <param name="audience">Whom it is shown to.</param>
    /// <param name="cancellation">Cancels it.</param>
    ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, Audience audience, CancellationToken cancellation);
}

/// <summary>The representations of all kinds.</summary>
internal sealed class ChangeRepresentations(IEnumerable<IChangeRepresentation> all)
{
    private readonly Dictionary<string, IChangeRepresentation> byKind = all.ToDictionary(one => one.Kind);

    /// <summary>What a notification says: the thing, its id alone where it was deleted, or null where nothing is told.</summary>
    public async ValueTask<JsonNode?> ShowAsync(string tenant, LoggedChange change, Audience audience, CancellationToken cancellation) =>
        !byKind.TryGetValue(change.Kind, out var representation) ? null
        : change.Action == "delete" ? JsonValue.Create(representation.IdOf(change))
        : await representation.ShowAsync(tenant, change, audience, cancellation);

    /// <summary>CREATE, UPDATE or DELETE.</summary>
    public static string ActionOf(LoggedChange change) => change.Action.ToUpperInvariant();
}
