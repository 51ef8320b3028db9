using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>Changes of twins as the inventory shows the objects.</summary>
internal sealed class ObjectRepresentation : IChangeRepresentation
{
    public string Kind => DeviceDirectory.ChangeKind;

    public string IdOf(LoggedChange change) => change.Source;

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, Audience audience, CancellationToken cancellation) =>
        ValueTask.FromResult(
            change.Body.Deserialize(DeviceJson.Default.DeviceTwin) is { } twin ? ManagedObjectJson.Of(twin, audience.Urls) : null
        );
}
