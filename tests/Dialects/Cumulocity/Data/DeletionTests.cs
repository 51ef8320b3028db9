using Serverless.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Data;

public sealed class DeletionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_is_deleted_by_its_id_and_what_shares_its_time_stays()
    {
        await using var server = await DataServer.StartAsync();
        await server.Cloud.One.Listeners.ListenAsync(TestCloud.Tenant, "m", TelemetryPipeline.ChangeKind, null, Cancellation);
        await server.IngestAsync("""{"timestamp":"2020-01-01T00:00:00Z","c8y_Steam":{"other":3}}""");
        var first = (string)(await server.MeasureAsync("2020-01-01", "1", type: "a"))["id"]!;
        await server.MeasureAsync("2020-01-01", "1", type: "b");
        await server.MeasureAsync("2020-01-01", "2", series: "U", type: "c");
        await server.MeasureAsync("2020-01-02", "9", type: "a");

        var deleted = await server.SendAsync("DELETE", $"/measurement/measurements/{first}");
        var again = await server.SendAsync("DELETE", $"/measurement/measurements/{first}");

        Assert.Equal((204, 404), (deleted.Status, again.Status));
        Assert.Equal("measurement/Not Found", (string)again.Json["error"]!);
        Assert.Equal("Finding measurement from database failed", again.Message);
        Assert.Equal(
            [
                """a {"c8y_Steam":{"T":{"value":9,"unit":"C"}}}""",
                """b {"c8y_Steam":{"T":{"value":1,"unit":"C"}}}""",
                """c {"c8y_Steam":{"U":{"value":2,"unit":"C"}}}""",
                """c8y_Steam {"c8y_Steam":{"other":{"value":3}}}""",
            ],
            (await server.ListAsync("dateFrom=2000-01-01")).Order(StringComparer.Ordinal)
        );
        var last = (await server.Cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, Cancellation))[^1];
        Assert.Equal(("measurements", "delete", first), (last.Kind, last.Action, (string)last.Body["id"]!));
    }

    [Theory]
    [InlineData("source=DEV", "g1 g2")]
    [InlineData("dateFrom=2020-01-02", "d1 g1")]
    [InlineData("dateTo=2020-01-02", "d2 g2")]
    [InlineData("source=DEV&dateFrom=2020-01-01&dateTo=2020-01-02", "d2 g1 g2")]
    [InlineData("source=DEV&type=one", "d2 g1 g2")]
    [InlineData("dateFrom=2000-01-01&type=two", "d1 g1")]
    [InlineData("dateFrom=2000-01-01&fragmentType=f2", "d1 g1")]
    [InlineData("source=GROUP&fragmentType=none", "d1 d2 g1 g2")]
    [InlineData("source=123", "d1 d2 g1 g2")]
    public async Task Many_are_deleted_by_filter(string query, string left)
    {
        await using var server = await DataServer.StartAsync();
        foreach (var (name, device) in new[] { ("d", server.Device), ("g", server.Group) })
        {
            await server.PostAsync("/measurement/measurements", DataServer.Body("2020-01-01", "1", "f1", $"{name}1", null, "one", device));
            await server.PostAsync("/measurement/measurements", DataServer.Body("2020-01-02", "2", "f2", $"{name}2", null, "two", device));
        }

        query = query.Replace("DEV", server.Device.Id).Replace("GROUP", server.Group.Id);
        Assert.Equal(204, (await server.SendAsync("DELETE", $"/measurement/measurements?{query}")).Status);

        var names = (await server.ListAsync("dateFrom=2000-01-01")).Select(text => text.Split('"')[3]);
        Assert.Equal(left, string.Join(' ', names.Order()));
        await server.MeasureAsync("2020-01-01", "5");
        Assert.Contains(
            await server.ListAsync($"source={server.Device.Id}"),
            text => text.Contains("\"value\":5", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("?type=one")]
    [InlineData("?fragmentType=f")]
    public async Task A_deletion_names_a_source_or_a_time(string query)
    {
        await using var server = await DataServer.StartAsync();

        var answer = await server.SendAsync("DELETE", $"/measurement/measurements{query}");

        Assert.Equal((422, "A deletion of measurements names source, dateFrom or dateTo."), (answer.Status, answer.Message));
    }
}
