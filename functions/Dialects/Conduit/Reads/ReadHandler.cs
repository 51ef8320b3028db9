using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Limits;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>GET of /conduitv6, /conduitv4 and /conduitv7: an array of records, or 304 where there is none.</summary>
internal sealed class ReadHandler(ConduitReader reader, TenantDirectory tenants, RateWindows rates, TimeProvider time)
{
    /// <summary>Answers of more bytes are compressed for whoever takes it (seed, "Outgoing compression").</summary>
    private const int CompressedAbove = 1024;

    /// <summary>Answers with full records (V6).</summary>
    public Task ReadFullAsync(HttpContext context, ConduitCaller caller) => ReadAsync(context, caller, ConduitRecords.WriteFull);

    /// <summary>Answers with minimal records (V4).</summary>
    public Task ReadMinimalAsync(HttpContext context, ConduitCaller caller) => ReadAsync(context, caller, ConduitRecords.WriteMinimal);

    private async Task ReadAsync(HttpContext context, ConduitCaller caller, Action<Utf8JsonWriter, ConduitPoint> write)
    {
        if (await BeginAsync(context, caller) is not { } settings)
        {
            return;
        }

        var query = ConduitQuery.Read(context.Request.Query);
        var range = ConduitQuery.RangeOf(context.Request.Query, time.GetUtcNow());
        CheckRange(range, settings);
        var points = reader.ReadAsync(caller.Caller.Tenant, query, AnyDevice, range, context.RequestAborted);
        using var body = new ChunkedBuffer();
        await using var writer = new Utf8JsonWriter(body, JsonResponses.WriterOptions);
        writer.WriteStartArray();
        var count = 0;
        await foreach (var point in points)
        {
            write(writer, point);
            CheckSize(writer, settings);
            if (++count == settings.MaxPoints)
            {
                break;
            }
        }

        writer.WriteEndArray();
        await writer.FlushAsync(context.RequestAborted);
        await AnswerAsync(context, body, count);
    }

    /// <summary>Checks that the caller may read now.</summary>
    /// <returns>The limits, or null where the request has been answered with 429.</returns>
    private async Task<ConduitSettings?> BeginAsync(HttpContext context, ConduitCaller caller)
    {
        caller.Require(ConduitService.Http);
        caller.RequireRead();
        var tenant = caller.Caller.Tenant;
        var settings = (await tenants.GetAsync(tenant, context.RequestAborted)).Value.Settings.Conduit;
        var window = TimeSpan.FromSeconds(settings.ReadSeconds);
        if (await rates.TakeAsync(tenant, $"conduit-{caller.Key}", window, context.RequestAborted) is { } wait)
        {
            await ConduitErrors.WriteTooManyAsync(context, wait);
            return null;
        }

        return settings;
    }

    private static bool AnyDevice(DeviceTwin device) => true;

    private static void CheckRange(SecondRange range, ConduitSettings settings)
    {
        if (settings.MaxRangeDays > 0 && range.To - range.From > TimeSpan.FromDays(settings.MaxRangeDays).TotalSeconds)
        {
            throw DomainException.Invalid("tcdt", $"A range has at most {settings.MaxRangeDays} days.");
        }
    }

    private static void CheckSize(Utf8JsonWriter writer, ConduitSettings settings)
    {
        if (settings.MaxAnswerBytes > 0 && writer.BytesCommitted + writer.BytesPending > settings.MaxAnswerBytes)
        {
            throw new AnswerTooLargeException($"The answer has more than {settings.MaxAnswerBytes} bytes: ask for less.");
        }
    }

    private static async Task AnswerAsync(HttpContext context, ChunkedBuffer body, int count)
    {
        if (count == 0)
        {
            // HTTP forbids a body here, so that the seed's status message for 304 has no place.
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = JsonResponses.ContentType;
        await GzipAnswers.WriteAsync(context, body, CompressedAbove);
    }
}
