using System.Net;
using Serverless.Azure.CosmosDb;
using Serverless.Azure.Tests.Support;
using Serverless.Domain.Documents;
using static Serverless.Azure.Tests.CosmosDb.CosmosFixture;

namespace Serverless.Azure.Tests.CosmosDb;

public class UnavailableTests(CosmosServer server)
{
    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Gone)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.Unauthorized)]
    public async Task A_service_that_is_away_is_one_clear_error_of_every_method_and_nothing_is_written(HttpStatusCode status)
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.Always = status;
        var query = new DocumentQuery(Partition, Kind);

        Func<Task>[] calls =
        [
            () => fixture.Commit(Write(WriteMode.Create, "1")),
            () => fixture.Commit(Write(WriteMode.Upsert, "1")),
            () => fixture.Commit(Write(WriteMode.Create, "1"), Write(WriteMode.Create, "2")),
            async () => await fixture.Store.GetAsync(new DocumentKey(Partition, Kind, "1"), Cancellation),
            () => fixture.Store.QueryAsync(query, Cancellation),
            () => fixture.Store.CountAsync(query, Cancellation),
        ];
        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(call);
            Assert.Contains($"{(int)status}", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(fixture.Options.Key!, failure.ToString(), StringComparison.Ordinal);
            Assert.InRange(failure.Message.Length, 1, 500);
        }

        Assert.Equal(0, await fixture.Other.CountAsync(query, Cancellation));
    }

    [Fact]
    public async Task A_network_that_is_away_is_one_clear_error()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.IsDown = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            fixture.Store.CountAsync(new DocumentQuery(Partition, Kind), Cancellation)
        );
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.Commit(Write(WriteMode.Create, "1")));
        Assert.Null((await fixture.Read("1")).Body);
    }

    [Fact]
    public async Task A_service_that_hangs_is_given_up_in_time()
    {
        await using var fixture = await OpenAsync(server);
        await fixture.Commit(Write(WriteMode.Create, "1"));
        fixture.Faults.Requests.Clear();
        fixture.Faults.Hangs = true;

        await LateAsync(async () => await fixture.Store.GetAsync(new DocumentKey(Partition, Kind, "1"), Cancellation), 1);
        await LateAsync(() => fixture.Store.QueryAsync(new DocumentQuery(Partition, Kind), Cancellation), 1);

        // Its outcome is unknown, and so is what stands there.
        await LateAsync(() => fixture.Commit(Write(WriteMode.Create, "2")), 2);

        async Task LateAsync(Func<Task> call, int requests)
        {
            var calling = Assert.ThrowsAsync<StoreUnavailableException>(call);
            for (var sent = 1; sent <= requests; sent++)
            {
                await Poll.UntilAsync("a request hangs", () => fixture.Faults.Requests.Count >= sent || calling.IsCompleted);
                fixture.Time.Advance(fixture.Options.Patience + TimeSpan.FromSeconds(1));
            }

            Assert.Contains(
                "no answer within 20 s",
                (await calling.WaitAsync(Poll.Patience, Cancellation)).Message,
                StringComparison.Ordinal
            );
            fixture.Faults.Requests.Clear();
        }
    }

    [Fact]
    public async Task A_service_that_is_away_at_the_start_is_one_clear_error()
    {
        using var nobody = CosmosConnection.Open(server.NewContainer() with { Endpoint = new Uri("http://127.0.0.1:1") }, null);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => nobody.CreateContainerAsync(Cancellation));
    }

    [Fact]
    public async Task A_throttled_request_is_sent_again_a_bounded_number_of_times()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.Answer(HttpStatusCode.TooManyRequests);
        fixture.Faults.Answer(HttpStatusCode.TooManyRequests);

        await fixture.Commit(Write(WriteMode.Create, "1"));

        Assert.Equal(3, fixture.Faults.Requests.Count);
        fixture.Faults.Requests.Clear();
        fixture.Faults.Always = HttpStatusCode.TooManyRequests;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.Commit(Write(WriteMode.Create, "2")));
        Assert.InRange(fixture.Faults.Requests.Count, 2, fixture.Options.ThrottleRetries + 1);
    }

    [Fact]
    public async Task What_is_too_large_for_the_service_is_the_callers_error()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.Answer(HttpStatusCode.RequestEntityTooLarge);

        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Commit(Write(WriteMode.Create, "1")));
    }

    [Fact]
    public async Task A_container_that_is_not_there_is_no_missing_document()
    {
        using var connection = CosmosConnection.Open(server.NewContainer(), null);
        var store = connection.Documents(TimeProvider.System);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await store.GetAsync(new DocumentKey(Partition, Kind, "1"), Cancellation)
        );
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, null, true)]
    [InlineData(HttpStatusCode.NotFound, "0", true)]
    [InlineData(HttpStatusCode.NotFound, "1002", false)]
    [InlineData(HttpStatusCode.NotFound, "1003", false)]
    [InlineData(HttpStatusCode.PreconditionFailed, null, true)]
    [InlineData(HttpStatusCode.Conflict, "0", true)]
    [InlineData(HttpStatusCode.TooManyRequests, null, false)]
    public void Only_an_answer_about_the_item_is_a_refusal(HttpStatusCode status, string? subStatus, bool isRefusal) =>
        Assert.Equal(isRefusal, CosmosErrors.IsRefusal(status, subStatus));

    [Fact]
    public async Task A_batch_to_a_container_that_is_gone_is_no_conflict()
    {
        await using var fixture = await OpenAsync(server);
        await fixture.Commit(Write(WriteMode.Create, "1"));
        fixture.Faults.Always = HttpStatusCode.NotFound;

        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            fixture.Commit(Write(WriteMode.Create, "2"), Write(WriteMode.Create, "3"))
        );
    }

    [Theory]
    [InlineData(449, true)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(400, false)]
    [InlineData(413, false)]
    public void A_status_is_the_services_trouble_or_the_callers(int status, bool isAway) =>
        Assert.Equal(isAway, CosmosErrors.ToException((HttpStatusCode)status, "why") is StoreUnavailableException);
}
