using Microsoft.AspNetCore.Http;
using Serverless.Domain.Devices;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>
/// GET /conduitv7: full records of data points, or of their aggregates by up to four stages. timerange (the last 3600, 86400, 604800 or 2592000 seconds) wins over fcdt and tcdt. siteid selects the devices
/// of a site, whose id is here its name [I]; groups are those of the tenant's time zone [I].
/// </summary>
internal sealed class AggregateHandler(ConduitReader reader, ReadGate gate, TenantDirectory tenants, TimeProvider time)
{
    /// <summary>The most points that a request reads (vendor).</summary>
    public const int MostRead = 843_000;

    /// <summary>The most records of an answer (vendor).</summary>
    public const int MostRecords = 105_120;

    private static readonly Dictionary<string, long> TimeRanges = new long[] { 3600, 86_400, 604_800, 2_592_000 }.ToDictionary(seconds =>
        seconds.ToString()
    );

    public async Task ReadAsync(HttpContext context, ConduitCaller caller)
    {
        if (await gate.EnterAsync(context, caller) is not { } settings)
        {
            return;
        }

        var query = context.Request.Query;
        var stages = Stage.Read(name => query[name] is [{ Length: > 0 } text, ..] ? text : null);
        var wanted = ConduitQuery.Read(query);
        var now = time.GetUtcNow();
        var range = TimeRanges.TryGetValue(query["timerange"].ToString(), out var seconds)
            ? SecondRange.Before(now, seconds)
            : ConduitQuery.RangeOf(query, now);
        ReadGate.CheckRange(range, settings);
        var site = query["siteid"] is [{ Length: > 0 } id, ..] ? id : null;
        bool IsWanted(DeviceTwin device) => site is null || new ConduitMetadata(device).Text("site") == site;
        var points = reader.ReadAsync(caller.Caller.Tenant, wanted, IsWanted, range, context.RequestAborted);
        using var answer = new RecordArray(settings);
        if (stages.Count == 0)
        {
            await WritePointsAsync(points, answer);
        }
        else
        {
            var zone = (await tenants.GetAsync(caller.Caller.Tenant, context.RequestAborted)).Value.TimeZone;
            var groups = await AggregateAsync(points, stages, TimeZoneInfo.FindSystemTimeZoneById(zone));
            foreach (var (of, value) in groups.OrderBy(group => group.Value.Time))
            {
                answer.Add(writer =>
                    ConduitRecords.WriteAggregate(writer, of, SecondRange.SecondsOf(value.Time), value.Raw, value.Calibrated)
                );
            }
        }

        await answer.SendAsync(context);
    }

    private static async Task WritePointsAsync(IAsyncEnumerable<ConduitPoint> points, RecordArray answer)
    {
        await foreach (var point in points)
        {
            answer.Add(writer => ConduitRecords.WriteFull(writer, point));
            CheckRecords(answer.Count);
        }
    }

    private static async Task<List<(ConduitChannel Of, StagedValue Value)>> AggregateAsync(
        IAsyncEnumerable<ConduitPoint> points,
        IReadOnlyList<Stage> stages,
        TimeZoneInfo zone
    )
    {
        var groups = new List<(ConduitChannel, StagedValue)>();
        var pipelines = new Dictionary<ConduitChannel, StagePipeline>(ReferenceEqualityComparer.Instance);
        var read = 0;
        await foreach (var point in points)
        {
            if (++read > MostRead)
            {
                throw new AnswerTooLargeException($"The range has more than {MostRead} points: ask for less.");
            }

            if (!pipelines.TryGetValue(point.Of, out var pipeline))
            {
                var of = point.Of;
                pipelines[of] = pipeline = new StagePipeline(
                    stages,
                    zone,
                    value =>
                    {
                        groups.Add((of, value));
                        CheckRecords(groups.Count);
                    }
                );
            }

            pipeline.Add(new StagedValue(point.Time, point.Number, point.Of.Calibrate(point.Number)));
        }

        foreach (var pipeline in pipelines.Values)
        {
            pipeline.End();
        }

        return groups;
    }

    private static void CheckRecords(int count)
    {
        if (count > MostRecords)
        {
            throw new AnswerTooLargeException($"The answer has more than {MostRecords} records: ask for less.");
        }
    }
}
