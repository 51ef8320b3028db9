using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Changes;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Readings, by whichever API they came, as the measurements that they are.</summary>
internal sealed class MeasurementRepresentation : IChangeRepresentation
{
    public string Kind => TelemetryPipeline.ChangeKind;

    public string IdOf(LoggedChange change) => (string?)change.Body["id"] ?? MeasurementJson.Read(change.Body).Id;

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, Audience audience, CancellationToken cancellation) =>
        ValueTask.FromResult<JsonObject?>(MeasurementJson.Of(audience.Units.Convert(MeasurementJson.Read(change.Body)), audience.Urls));
}
