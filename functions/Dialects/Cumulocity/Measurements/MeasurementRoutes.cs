using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>/measurement/measurements (reference 1.5).</summary>
internal sealed class MeasurementRoutes(
    MeasurementIntake intake,
    MeasurementReader reader,
    MeasurementPages pages,
    MeasurementDeletion deletion,
    SourceObjects sources,
    DeviceDirectory devices
) : ICumulocityRoutes
{
    /// <summary>The media type of a list that is sent as it is read.</summary>
    public const string StreamType = "application/json-stream";

    private const string Path = "/measurement/measurements";
    private const int FlushAt = 64 << 10;

    public IEnumerable<CumulocityRoute> All()
    {
        yield return new CumulocityRoute("POST", Path, Permission.Write, CreateAsync);
        yield return new CumulocityRoute("GET", Path, Permission.Read, ListAsync) { Produces = [MeasurementCsv.Type, StreamType] };
        yield return new CumulocityRoute("DELETE", Path, Permission.Write, DeleteManyAsync);
        yield return new CumulocityRoute("GET", $"{Path}/{{id}}", Permission.Read, GetAsync);
        yield return new CumulocityRoute("DELETE", $"{Path}/{{id}}", Permission.Write, DeleteAsync);
    }

    /// <summary>Which measurements a request is about.</summary>
    internal static MeasurementFilter FilterOf(CumulocityRequest request) =>
        new(request.Time("dateFrom") ?? long.MinValue, request.Time("dateTo") ?? long.MaxValue)
        {
            Type = request.Query("type"),
            ValueFragment = request.Query("valueFragmentType"),
            ValueSeries = request.Query("valueFragmentSeries"),
            Fragment = request.Query("fragmentType"),
        };

    internal static CumulocityException NotFound { get; } =
        CumulocityErrors.NotFound("measurement", "Finding measurement from database failed");

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var body = await request.ReadObjectAsync();
        if (request.ContentType == "measurementcollection" || body.ContainsKey("measurements"))
        {
            var bodies =
                body["measurements"] is JsonArray all && all.All(one => one is JsonObject)
                    ? all.Select(one => one!.AsObject()).ToList()
                    : throw request.Invalid("measurements is an array of objects.");
            var made = (await intake.TakeAsync(request, bodies)).Select(one => MeasurementJson.Of(one, request.Urls));
            var collection = new JsonObject { ["measurements"] = new JsonArray([.. made]) };
            return CumulocityAnswer.Created(collection, "measurementcollection", request.Urls.Of(Path));
        }

        var document = MeasurementJson.Of((await intake.TakeAsync(request, [body]))[0], request.Urls);
        return CumulocityAnswer.Created(document, "measurement", (string)document["self"]!);
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        var (filter, descending, units) = (FilterOf(request), request.Flag("revert"), SystemOfUnits.Of(request));
        DeviceTwin? source = null;
        if (request.Query("source") is not { } id)
        {
            SourceObjects.CheckWhole(request);
        }
        else if ((source = await sources.ForReadingAsync(request, id)) is null)
        {
            // An object that there is not has no measurements.
            filter = filter with
            {
                To = filter.From,
            };
        }

        var format = request.Accept.FirstOrDefault(type => type is MeasurementCsv.Type or StreamType || MediaTypes.IsJson(type));
        if (format is MeasurementCsv.Type or StreamType)
        {
            var items = await ItemsAsync(request, source, filter, descending);
            return format == StreamType
                ? CumulocityAnswer.Other(200, StreamType, context => StreamAsync(context, items, request, units))
                : CumulocityAnswer.Other(
                    200,
                    MeasurementCsv.Type,
                    context =>
                        MeasurementCsv.WriteAsync(
                            context,
                            items,
                            MeasurementCsv.NamesBy(devices, request.Tenant, request.Cancellation),
                            units
                        )
                );
        }

        var page = await pages.ReadAsync(request, source, filter, descending);
        var documents = page.Items.Select(one => MeasurementJson.Of(units.Convert(one), request.Urls));
        return PageAnswer.Of(request, "measurements", "measurementcollection", documents, page.HasMore, page.Total);
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request)
    {
        var (measurement, _) = await FindAsync(request);
        return CumulocityAnswer.Ok(MeasurementJson.Of(SystemOfUnits.Of(request).Convert(measurement), request.Urls), "measurement");
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        var (measurement, device) = await FindAsync(request);
        await sources.CheckAsync(request, device);
        await deletion.DeleteAsync(request.Tenant, device, measurement, request.ProcessingMode.ToEffects(), request.Cancellation);
        return CumulocityAnswer.NoContent;
    }

    private async Task<CumulocityAnswer> DeleteManyAsync(CumulocityRequest request)
    {
        string[] required = ["source", "dateFrom", "dateTo"];
        if (required.All(name => request.Query(name) is null))
        {
            throw request.Invalid("A deletion of measurements names source, dateFrom or dateTo.");
        }

        var filter = FilterOf(request);
        if (request.Query("source") is not { } id)
        {
            SourceObjects.CheckWhole(request);
            await deletion.DeleteManyAsync(request.Tenant, filter, request.Cancellation);
        }
        else if (await sources.ForReadingAsync(request, id) is { } device)
        {
            await sources.CheckAsync(request, device);
            await deletion.DeleteManyAsync(request.Tenant, device, filter, request.Cancellation);
        }

        return CumulocityAnswer.NoContent;
    }

    private async Task<(Measurement Measurement, DeviceTwin Device)> FindAsync(CumulocityRequest request)
    {
        if (
            Measurement.ReadId(request["id"]) is not var (id, time, form)
            || await sources.ForReadingAsync(request, id) is not { } device
            || await reader.FindAsync(request.Tenant, device, time, form, request.Cancellation) is not { } measurement
        )
        {
            throw NotFound;
        }

        return (measurement, device);
    }

    /// <summary>The page that is asked for; where none is, all. [I]</summary>
    private async Task<IAsyncEnumerable<Measurement>> ItemsAsync(
        CumulocityRequest request,
        DeviceTwin? source,
        MeasurementFilter filter,
        bool descending
    ) =>
        request.Query("pageSize") is null && request.Query("currentPage") is null
            ? pages.ReadAllAsync(request, source, filter, descending)
            : (await pages.ReadAsync(request, source, filter, descending)).Items.ToAsyncEnumerable();

    private static async Task StreamAsync(
        HttpContext context,
        IAsyncEnumerable<Measurement> measurements,
        CumulocityRequest request,
        SystemOfUnits units
    )
    {
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, JsonResponses.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartArray("measurements");
        await foreach (var measurement in measurements)
        {
            MeasurementJson.Of(units.Convert(measurement), request.Urls).WriteTo(writer);
            if (writer.BytesPending > FlushAt)
            {
                await writer.FlushAsync(context.RequestAborted);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }
}
