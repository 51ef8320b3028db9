using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>GET of /conduitv6 and /conduitv4: an array of records, or 304 where there is none.</summary>
internal sealed class ReadHandler(ConduitReader reader, ReadGate gate, TimeProvider time)
{
    /// <summary>Answers with full records (V6).</summary>
    public Task ReadFullAsync(HttpContext context, ConduitCaller caller) => ReadAsync(context, caller, ConduitRecords.WriteFull);

    /// <summary>Answers with minimal records (V4).</summary>
    public Task ReadMinimalAsync(HttpContext context, ConduitCaller caller) => ReadAsync(context, caller, ConduitRecords.WriteMinimal);

    private async Task ReadAsync(HttpContext context, ConduitCaller caller, Action<Utf8JsonWriter, ConduitPoint> write)
    {
        if (await gate.EnterAsync(context, caller) is not { } settings)
        {
            return;
        }

        var query = ConduitQuery.Read(context.Request.Query);
        var range = ConduitQuery.RangeOf(context.Request.Query, time.GetUtcNow());
        ReadGate.CheckRange(range, settings);
        using var answer = new RecordArray(settings);
        await foreach (var point in reader.ReadAsync(caller.Caller.Tenant, query, _ => true, range, context.RequestAborted))
        {
            answer.Add(writer => write(writer, point));
            if (answer.Count == settings.MaxPoints)
            {
                break;
            }
        }

        await answer.SendAsync(context);
    }
}
