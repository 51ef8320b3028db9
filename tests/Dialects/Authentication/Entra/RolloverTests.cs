using Serverless.Acceptance.Tests.Entra.Support;
using Serverless.Dialects.Authentication.Entra;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Tests.Authentication.Entra;

/// <summary>Keys that roll over, and an issuer that is away.</summary>
public sealed class RolloverTests
{
    private const int RequestsOfOneReading = 2; // the metadata and its key set

    [Fact]
    public async Task Keys_are_read_once_for_many_tokens()
    {
        await using var cloud = await EntraCloud.StartAsync();
        var tokens = Enumerable.Range(0, 50).Select(_ => cloud.Token()).ToList();

        var callers = await Task.WhenAll(tokens.Select(async token => await cloud.FindAsync(token)));

        Assert.All(callers, Assert.NotNull);
        Assert.Equal(RequestsOfOneReading, cloud.Provider.Requests);
    }

    [Fact]
    public async Task The_first_token_of_a_rolled_key_is_good_and_those_of_the_old_one_are_until_it_is_retired()
    {
        await using var cloud = await EntraCloud.StartAsync();
        var old = cloud.Token();
        Assert.NotNull(await cloud.FindAsync(old));

        cloud.Advance(OpenIdMetadata.LookAgain);
        cloud.Provider.Roll();
        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        Assert.NotNull(await cloud.FindAsync(old));

        cloud.Provider.Retire();
        cloud.Advance(OpenIdMetadata.LookAgain);
        cloud.Provider.Roll();
        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        await cloud.RefusesAsync(EntraRefusal.Key, old);
    }

    [Fact]
    public async Task Made_up_keys_make_it_ask_every_ten_seconds_at_most()
    {
        await using var cloud = await EntraCloud.StartAsync();
        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        using var forger = new IssuerKey();
        for (var i = 0; i < 100; i++)
        {
            var payload = new System.Text.Json.Nodes.JsonObject
            {
                ["tid"] = EntraCloud.Home,
                ["ver"] = "2.0",
                ["azp"] = OpenIdProvider.Program,
            };
            await cloud.RefusesAsync(EntraRefusal.Key, forger.Sign(payload, header => header["kid"] = $"made-up-{i}"));
            cloud.Advance(TimeSpan.FromSeconds(0.25));
        }

        Assert.Equal(3 * RequestsOfOneReading, cloud.Provider.Requests);
    }

    [Fact]
    public async Task Old_keys_are_read_anew_while_the_known_ones_serve()
    {
        await using var cloud = await EntraCloud.StartAsync();
        var retired = cloud.Provider.Key;
        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        cloud.Provider.Roll(new IssuerKey());
        cloud.Advance(OpenIdMetadata.CacheTime);
        var token = retired.Sign(
            System.Text.Json.Nodes.JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(cloud.Token().Split('.')[1]))!.AsObject()
        );

        Assert.NotNull(await cloud.FindAsync(token));
        Assert.NotNull(await cloud.FindAsync(cloud.Token())); // waits for the reading that the one before began

        Assert.Equal(2 * RequestsOfOneReading, cloud.Provider.Requests);
    }

    [Fact]
    public async Task While_the_issuer_is_away_known_keys_serve_and_tokens_of_others_are_told_to_come_back()
    {
        await using var cloud = await EntraCloud.StartAsync();
        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        cloud.Provider.IsAway = true;
        cloud.Advance(TimeSpan.FromDays(3));

        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(await cloud.FindAsync(cloud.Token()));
            cloud.Advance(OpenIdMetadata.LookAgain);
        }

        var rolled = cloud.Provider.Roll();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await cloud.FindAsync(cloud.Token()));
        cloud.Provider.IsAway = false;
        cloud.Advance(OpenIdMetadata.LookAgain);
        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        Assert.Same(rolled, cloud.Provider.Key);
    }

    [Theory]
    [InlineData("""{"keys":[]}""")]
    [InlineData("{}")]
    [InlineData("<html>come back later</html>")]
    [InlineData("")]
    [InlineData("""{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}""")]
    public async Task A_broken_key_set_does_not_wipe_the_known_keys(string broken)
    {
        await using var cloud = await EntraCloud.StartAsync();
        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        var known = cloud.Token();
        cloud.Provider.BrokenKeySet = broken;
        cloud.Provider.Roll();
        cloud.Advance(OpenIdMetadata.LookAgain);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await cloud.FindAsync(cloud.Token()));
        Assert.NotNull(await cloud.FindAsync(known));
    }

    [Fact]
    public async Task An_issuer_that_was_away_from_the_start_is_asked_again()
    {
        await using var cloud = await EntraCloud.StartAsync();
        cloud.Provider.IsAway = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await cloud.FindAsync(cloud.Token()));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await cloud.FindAsync(cloud.Token()));

        cloud.Provider.IsAway = false;
        cloud.Advance(OpenIdMetadata.LookAgain);

        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        Assert.NotNull(await cloud.FindAsync(cloud.Provider.Token1(cloud.Now)));
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_ends_nobody_elses_reading()
    {
        await using var cloud = await EntraCloud.StartAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await cloud.Tokens.FindCallerAsync(cloud.Token(), cancelled.Token)
        );
        Assert.NotNull(await cloud.FindAsync(cloud.Token()));
        Assert.Equal(RequestsOfOneReading, cloud.Provider.Requests);
    }
}
