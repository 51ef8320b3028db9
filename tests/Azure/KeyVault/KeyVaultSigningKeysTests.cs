using System.Net;
using System.Security.Cryptography;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Azure.KeyVault;
using Serverless.Contracts;
using Serverless.Contracts.Users;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Azure.Tests.KeyVault;

/// <summary>The keys in a vault, over the documented wire format.</summary>
public sealed class KeyVaultSigningKeysTests : SigningKeyStoreContract, IDisposable
{
    private const string Versions = "GET /secrets/token-signing-key/versions";
    private const int Tries = 4;
    private readonly ManualTime time = new();
    private readonly FakeVault vault;
    private readonly HttpClient http;

    public KeyVaultSigningKeysTests()
    {
        vault = new FakeVault(time);
        http = new HttpClient(vault);
    }

    [Fact]
    public async Task A_key_goes_there_as_a_new_version_that_says_what_it_is()
    {
        var key = await Open().AddAsync(NewKey(), Cancellation);

        var body = Assert.Single(vault.Bodies);
        Assert.Equal((key.PrivateKey, "application/pkcs8"), ((string?)body["value"], (string?)body["contentType"]));
        Assert.Equal(["PUT /secrets/token-signing-key"], vault.Requests);
        Assert.Equal(time.GetUtcNow(), key.Time);
    }

    [Fact]
    public async Task Of_a_version_the_value_is_read_once()
    {
        var keys = Open();
        var first = vault.Put(NewKey());
        await keys.ListAsync(Cancellation);
        var second = vault.Put(NewKey());
        vault.Requests.Clear();

        Assert.Equal(2, (await keys.ListAsync(Cancellation)).Count);
        Assert.Equal([Versions, $"GET /secrets/token-signing-key/{second.Id}"], vault.Requests);
        vault.Requests.Clear();

        Assert.Contains(first.Id, (await keys.ListAsync(Cancellation)).Select(key => key.Id));
        Assert.Equal([Versions], vault.Requests);
    }

    [Fact]
    public async Task Versions_come_by_pages()
    {
        var ids = Enumerable.Range(0, 7).Select(_ => vault.Put(NewKey()).Id).Order().ToList();

        Assert.Equal(ids, (await Open().ListAsync(Cancellation)).Select(key => key.Id).Order());
        Assert.Equal(4, vault.Requests.Count(request => request == Versions));
    }

    [Fact]
    public async Task A_version_signs_from_its_creation_or_from_when_it_says()
    {
        var now = time.GetUtcNow();
        var later = vault.Put(NewKey(), notBefore: now.AddDays(1));
        var old = vault.Put(NewKey(), notBefore: now.AddDays(-1));

        var keys = (await Open().ListAsync(Cancellation)).ToDictionary(key => key.Id, key => key.Time);

        Assert.Equal(now.AddDays(1), keys[later.Id]);
        Assert.Equal(now, keys[old.Id]);
    }

    [Fact]
    public async Task A_version_that_is_disabled_or_has_expired_is_no_key()
    {
        var keys = Open();
        var good = vault.Put(NewKey(), expires: time.GetUtcNow().AddHours(1));
        var stolen = vault.Put(NewKey());
        vault.Put(NewKey(), enabled: false);
        vault.Put(NewKey(), expires: time.GetUtcNow());
        Assert.Equal(2, (await keys.ListAsync(Cancellation)).Count);

        stolen.Enabled = false;
        Assert.Equal([good.Id], (await keys.ListAsync(Cancellation)).Select(key => key.Id));

        time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await keys.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Only_the_newest_are_keys()
    {
        var oldest = vault.Put(NewKey());
        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < KeyVaultSigningKeys.MostKeys; i++)
        {
            vault.Put(NewKey());
        }

        var keys = await Open().ListAsync(Cancellation);

        Assert.Equal(KeyVaultSigningKeys.MostKeys, keys.Count);
        Assert.DoesNotContain(oldest.Id, keys.Select(key => key.Id));
    }

    [Fact]
    public async Task A_person_may_put_pem_there_and_what_is_no_key_harms_none()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        string[] good = [key.ExportPkcs8PrivateKeyPem(), key.ExportECPrivateKeyPem(), Convert.ToBase64String(key.ExportPkcs8PrivateKey())];
        string[] wrong =
        [
            "hunter2",
            "",
            key.ExportSubjectPublicKeyInfoPem(),
            larger.ExportPkcs8PrivateKeyPem(),
            Convert.ToBase64String(larger.ExportPkcs8PrivateKey()),
            rsa.ExportPkcs8PrivateKeyPem(),
        ];
        var expected = good.Select(value => vault.Put(value).Id).ToList();
        foreach (var value in wrong)
        {
            vault.Put(value);
        }

        var logs = new RecordingLogger<KeyVaultSigningKeys>();
        var keys = await Open(logs).ListAsync(Cancellation);

        Assert.Equal(expected.Order(), keys.Select(found => found.Id).Order());
        Assert.Equal(wrong.Length, logs.Lines.Count);
        Assert.All(
            logs.Lines,
            line =>
                Assert.All(wrong.Where(value => value.Length > 0), value => Assert.DoesNotContain(value, line, StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(null)]
    public async Task A_passing_failure_is_tried_again(HttpStatusCode? failure)
    {
        var keys = Open();
        vault.Failures.Enqueue(failure);
        var key = await keys.AddAsync(NewKey(), Cancellation);
        vault.Failures.Enqueue(failure);
        vault.Failures.Enqueue(failure);

        Assert.Contains(key, await keys.ListAsync(Cancellation));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, 1)]
    [InlineData(HttpStatusCode.Conflict, 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, Tries)]
    [InlineData(null, Tries)]
    public async Task A_vault_that_does_not_answer_is_away_and_is_asked_so_often(HttpStatusCode? failure, int requests)
    {
        var logs = new RecordingLogger<KeyVaultSigningKeys>();
        var keys = Open(logs);
        Enumerable.Repeat(failure, 2 * Tries).ToList().ForEach(vault.Failures.Enqueue);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => keys.ListAsync(Cancellation));
        Assert.Equal(requests, vault.Requests.Count);

        var secret = NewKey();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => keys.AddAsync(secret, Cancellation));
        Assert.Equal(2, logs.Lines.Count);
        Assert.All(logs.Lines, line => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        Assert.All(logs.Lines, line => Assert.DoesNotContain(FixedCredential.Token, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_is_told_so()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Open().ListAsync(cancelled.Token));
    }

    public void Dispose()
    {
        http.Dispose();
        vault.Dispose();
    }

    protected override Task<ISigningKeyStore> OpenAsync() => Task.FromResult<ISigningKeyStore>(Open());

    private KeyVaultSigningKeys Open(ILogger<KeyVaultSigningKeys>? logger = null)
    {
        var options = new KeyVaultOptions(new Uri(FakeVault.Address));
        var transport = new HttpClientTransport(http);
        var client = KeyVaultServiceCollectionExtensions.CreateClient(
            options,
            new FixedCredential(),
            transport,
            TimeSpan.FromMilliseconds(1)
        );
        return new KeyVaultSigningKeys(client, options, time, logger ?? NullLogger<KeyVaultSigningKeys>.Instance);
    }
}
