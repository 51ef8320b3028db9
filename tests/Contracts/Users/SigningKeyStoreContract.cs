using System.Security.Cryptography;
using Serverless.Domain.Users;
using Xunit;

namespace Serverless.Contracts.Users;

/// <summary>What every store of signing keys does.</summary>
public abstract class SigningKeyStoreContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens an instance on the store of this test, which is empty at first.</summary>
    protected abstract Task<ISigningKeyStore> OpenAsync();

    [Fact]
    public async Task At_first_there_is_no_key() => Assert.Empty(await (await OpenAsync()).ListAsync(Cancellation));

    [Fact]
    public async Task A_key_that_was_added_is_there_for_every_instance_as_it_was_given()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        var privateKey = NewKey();

        var added = await one.AddAsync(privateKey, Cancellation);

        Assert.Equal(privateKey, added.PrivateKey);
        Assert.Equal([added], await one.ListAsync(Cancellation));
        Assert.Equal([added], await other.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Keys_of_several_instances_stay_side_by_side_with_ids_of_their_own()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());

        var added = new[]
        {
            await one.AddAsync(NewKey(), Cancellation),
            await other.AddAsync(NewKey(), Cancellation),
            await one.AddAsync(NewKey(), Cancellation),
        };

        Assert.Equal(3, added.Select(key => key.Id).Distinct().Count());
        Assert.Equal(added.OrderBy(key => key.Id), (await other.ListAsync(Cancellation)).OrderBy(key => key.Id));
    }

    [Fact]
    public async Task A_key_says_nothing_of_its_secret()
    {
        var key = await (await OpenAsync()).AddAsync(NewKey(), Cancellation);

        Assert.DoesNotContain(key.PrivateKey, key.ToString(), StringComparison.Ordinal);
    }

    protected static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportPkcs8PrivateKey());
    }
}
