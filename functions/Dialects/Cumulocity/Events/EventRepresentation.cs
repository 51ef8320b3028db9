using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Changes;
using Serverless.Domain.DeviceEvents;

namespace Serverless.Dialects.Cumulocity.Events;

/// <summary>Events as they are read.</summary>
internal sealed class EventRepresentation : IChangeRepresentation
{
    public string Kind => EventDirectory.ChangeKind;

    public string IdOf(LoggedChange change) => (string)change.Body["id"]!;

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, Audience audience, CancellationToken cancellation) =>
        ValueTask.FromResult<JsonObject?>(EventJson.Of(EventJson.Read(change.Body), audience.Urls));
}
