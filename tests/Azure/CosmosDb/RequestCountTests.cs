using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Serverless.Azure.Tests.Support;
using Serverless.Domain.Changes;
using Serverless.Domain.Documents;
using static Serverless.Azure.Tests.CosmosDb.CosmosFixture;

namespace Serverless.Azure.Tests.CosmosDb;

public class RequestCountTests(CosmosServer server)
{
    private static string[] Taken(CosmosFixture fixture)
    {
        var requests = fixture.Faults.Requests.ToArray();
        fixture.Faults.Requests.Clear();
        Assert.All(requests, request => Assert.Equal($"[\"{Partition}\"]", request.Partition));
        return [.. requests.Select(request => $"{request.Method} {request.What}")];
    }

    [Fact]
    public async Task A_write_is_one_request_and_without_the_entity_tag_that_it_needs_two()
    {
        await using var fixture = await OpenAsync(server);

        var tag = (await fixture.Commit(Write(WriteMode.Create, "1")))[0];
        Assert.Equal(["POST item"], Taken(fixture));
        await fixture.Commit(Write(WriteMode.Upsert, "1"));
        Assert.Equal(["POST item"], Taken(fixture));
        await Assert.ThrowsAsync<StoreConflictException>(() => fixture.Commit(Write(WriteMode.Replace, "1", ifMatch: tag)));
        Assert.Equal(["PUT item", "GET item"], Taken(fixture));
        await fixture.Commit(Write(WriteMode.Replace, "1"));
        Assert.Equal(["GET item", "PUT item"], Taken(fixture));
        await fixture.Commit(Write(WriteMode.Create, "2"), Write(WriteMode.Create, "3"), Write(WriteMode.Upsert, "1"));
        Assert.Equal(["POST batch"], Taken(fixture));
        await fixture.Store.GetAsync(new DocumentKey(Partition, Kind, "1"), Cancellation);
        Assert.Equal(["GET item"], Taken(fixture));
    }

    [Fact]
    public async Task A_page_is_a_plan_and_a_query_of_one_logical_partition()
    {
        await using var fixture = await OpenAsync(server);
        await fixture.CommitElsewhere([.. Enumerable.Range(0, 5).Select(number => Write(WriteMode.Create, $"{number}"))]);

        var first = await fixture.Store.QueryAsync(new DocumentQuery(Partition, Kind, Limit: 3), Cancellation);
        Assert.Equal(3, first.Items.Count);
        Assert.Equal(["POST plan", "POST query", "POST plan", "POST query"], Taken(fixture));
        await fixture.Store.QueryAsync(new DocumentQuery(Partition, Kind, Limit: 3, Cursor: first.Cursor), Cancellation);
        Assert.Equal(["POST plan", "POST query"], Taken(fixture));
        await fixture.Store.CountAsync(new DocumentQuery(Partition, Kind), Cancellation);
        Assert.Equal(["POST plan", "POST query"], Taken(fixture));
    }

    [Fact]
    public async Task The_change_log_writes_with_a_read_and_a_batch_and_reads_with_one_query()
    {
        await using var fixture = await OpenAsync(server);
        var log = new ChangeLog(fixture.Store, fixture.Time);
        Change[] changes = [new("devices", "1", "create", new JsonObject { ["name"] = "pump" }), new("alarms", "1", "create", [])];

        await log.CommitAsync(Partition, [Write(WriteMode.Create, "1")], changes, Cancellation);
        Assert.Equal(["GET item", "POST batch"], Taken(fixture));
        var read = await log.ReadAsync(Partition, 0, 100, Cancellation);

        Assert.Equal(["POST plan", "POST query"], Taken(fixture));
        Assert.Equal([1, 2], read.Select(change => change.Sequence));
        Assert.Equal(
            [2],
            (await new ChangeLog(fixture.Other, fixture.Time).ReadAsync(Partition, 1, 100, Cancellation)).Select(change => change.Sequence)
        );
    }

    [Fact]
    public async Task Request_units_are_measured_by_operation_and_status()
    {
        await using var fixture = await OpenAsync(server);
        var measured = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "serverless.cosmos.request_units")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        var mine = new AsyncLocal<bool> { Value = true };
        listener.SetMeasurementEventCallback<double>(
            (_, charge, tags, _) =>
            {
                if (mine.Value)
                {
                    measured.Add($"{string.Join(' ', tags.ToArray().Select(tag => tag.Value))}: {charge}");
                }
            }
        );
        listener.Start();

        await fixture.Commit(Write(WriteMode.Create, "1"));
        await fixture.Store.GetAsync(new DocumentKey(Partition, Kind, "none"), Cancellation);

        Assert.Equal(["Create 201: 1", "read 404: 1"], measured);
    }
}
