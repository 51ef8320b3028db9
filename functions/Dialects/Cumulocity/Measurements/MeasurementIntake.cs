using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Takes measurements that are sent to this API: all of a request, or none where one is wrong.</summary>
internal sealed class MeasurementIntake(SourceObjects sources, ITelemetryIngest ingest, MessageClock clock)
{
    /// <summary>Takes them; what the request asks for is durable when the task completes.</summary>
    /// <exception cref="CumulocityException">One is wrong, or of an object that there is not, or that the caller may not write to. The message says which.</exception>
    public async Task<IReadOnlyList<Measurement>> TakeAsync(CumulocityRequest request, IReadOnlyList<JsonObject> bodies)
    {
        var effects = request.ProcessingMode.ToEffects();
        var found = new Dictionary<string, FoundDevice>();
        var (messages, taken) = (new List<DeviceMessage>(), new List<Measurement>());
        for (var i = 0; i < bodies.Count; i++)
        {
            var place = bodies.Count == 1 ? "" : $"measurements[{i}]: ";
            var (id, parsed) = Parse(request, bodies[i], place);
            if (!found.TryGetValue(id, out var device))
            {
                found[id] = device = await sources.ForWritingAsync(request, id);
            }

            if (!device.Stored.Value.Enabled)
            {
                throw request.Invalid($"{place}The device '{id}' is disabled.");
            }

            messages.Add(CumulocityPayloadDecoder.MessageOf(device, bodies[i], clock.Next(), effects, !request.FromApplication));
            taken.Add(Of(device, parsed));
        }

        await ingest.IngestAsync(messages, request.Cancellation);
        return taken;
    }

    private static (string Source, ParsedMeasurement Measurement) Parse(CumulocityRequest request, JsonObject body, string place)
    {
        var source = SourceObjects.IdIn(body);
        var missing = new[] { "source", "time", "type" }.Where(name => name == "source" ? source is null : body[name] is null).ToList();
        if (missing.Count > 0)
        {
            throw CumulocityErrors.MissingFields(missing);
        }

        try
        {
            return (source!, MeasurementParser.Read(body));
        }
        catch (PayloadException wrong)
        {
            throw request.Invalid(place + wrong.Message);
        }
    }

    private static Measurement Of(FoundDevice device, ParsedMeasurement parsed)
    {
        var fragments = (JsonObject)parsed.Kept.DeepClone();
        fragments.Remove("type");
        return new Measurement(device.Stored.Value.Id, parsed.Time!.Value, parsed.Form, parsed.Type, fragments);
    }
}
