using System.Security.Cryptography;
using Serverless.Contracts;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Tests.Authentication;

/// <summary>What an instance knows of the keys, and how often it asks.</summary>
public sealed class SigningKeysTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly MemoryKeys store;
    private readonly SigningKeys keys;

    public SigningKeysTests()
    {
        store = new MemoryKeys(time);
        keys = new SigningKeys(store, time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_was_put_there_signs_within_five_minutes()
    {
        var first = (await keys.GetCurrentAsync(Cancellation)).KeyId;
        time.Advance(TimeSpan.FromMinutes(1));
        var second = store.Add(time.GetUtcNow());

        Assert.Equal(first, (await keys.GetCurrentAsync(Cancellation)).KeyId);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(second, (await keys.GetCurrentAsync(Cancellation)).KeyId);
        Assert.NotNull(await keys.FindAsync(first, Cancellation));
    }

    [Fact]
    public async Task A_key_verifies_before_it_signs()
    {
        var first = store.Add(time.GetUtcNow());
        var next = store.Add(time.GetUtcNow().AddHours(1));

        Assert.Equal(first, (await keys.GetCurrentAsync(Cancellation)).KeyId);
        Assert.NotNull(await keys.FindAsync(next, Cancellation));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(next, (await keys.GetCurrentAsync(Cancellation)).KeyId);
    }

    [Fact]
    public async Task A_key_of_a_clock_ahead_of_ours_signs_where_there_is_no_other()
    {
        var key = store.Add(time.GetUtcNow().AddSeconds(3));

        Assert.Equal(key, (await keys.GetCurrentAsync(Cancellation)).KeyId);
        Assert.Equal(1, store.Count);
    }

    [Fact]
    public async Task A_key_that_is_no_more_verifies_nothing()
    {
        var stolen = store.Add(time.GetUtcNow());
        var other = store.Add(time.GetUtcNow().AddSeconds(-1));
        Assert.NotNull(await keys.FindAsync(stolen, Cancellation));

        store.Remove(stolen);
        time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(other, (await keys.GetCurrentAsync(Cancellation)).KeyId);
        Assert.Null(await keys.FindAsync(stolen, Cancellation));
    }

    [Fact]
    public async Task Made_up_keys_make_it_look_every_five_seconds_at_most()
    {
        store.Add(time.GetUtcNow());
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(await keys.FindAsync($"made-up-{i}", Cancellation));
            time.Advance(TimeSpan.FromSeconds(0.1));
        }

        Assert.InRange(store.Reads, 2, 3);
    }

    [Fact]
    public async Task While_the_store_is_away_the_known_keys_sign_and_verify_and_others_are_not_refused()
    {
        var known = store.Add(time.GetUtcNow());
        await keys.GetCurrentAsync(Cancellation);
        var unknown = store.Add(time.GetUtcNow());
        store.IsAway = true;
        time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(known, (await keys.GetCurrentAsync(Cancellation)).KeyId);
        Assert.NotNull(await keys.FindAsync(known, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await keys.FindAsync(unknown, Cancellation));

        store.IsAway = false;
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.NotNull(await keys.FindAsync(unknown, Cancellation));
        Assert.Null(await keys.FindAsync("made-up", Cancellation));
    }

    [Fact]
    public async Task A_store_that_is_away_from_the_start_is_told()
    {
        store.IsAway = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await keys.GetCurrentAsync(Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await keys.FindAsync("any", Cancellation));
        store.IsAway = false;
        Assert.NotNull(await keys.GetCurrentAsync(Cancellation));
    }

    public void Dispose() => keys.Dispose();

    private sealed class MemoryKeys(TimeProvider time) : ISigningKeyStore
    {
        private readonly List<SigningKey> keys = [];

        public bool IsAway { get; set; }

        public int Reads { get; private set; }

        public int Count => keys.Count;

        public string Add(DateTimeOffset begin)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var id = $"key-{keys.Count}";
            keys.Insert(0, new SigningKey(id, Convert.ToBase64String(key.ExportPkcs8PrivateKey()), begin));
            return id;
        }

        public void Remove(string id) => keys.RemoveAll(key => key.Id == id);

        public Task<IReadOnlyList<SigningKey>> ListAsync(CancellationToken cancellation)
        {
            Reads++;
            return IsAway
                ? throw new StoreUnavailableException("The keys are away.")
                : Task.FromResult<IReadOnlyList<SigningKey>>([.. keys]);
        }

        public Task<SigningKey> AddAsync(string privateKey, CancellationToken cancellation)
        {
            keys.Add(new SigningKey($"key-{keys.Count}", privateKey, time.GetUtcNow()));
            return Task.FromResult(keys[^1]);
        }
    }
}
