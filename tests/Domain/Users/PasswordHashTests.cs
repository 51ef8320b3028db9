using Serverless.Domain.Users;

namespace Serverless.Domain.Tests.Users;

public sealed class PasswordHashTests
{
    [Fact]
    public void A_password_is_verified_by_a_salted_hash_that_does_not_hold_it()
    {
        var (one, two) = (PasswordHash.Create("correct horse"), PasswordHash.Create("correct horse"));

        Assert.NotEqual(one, two);
        Assert.StartsWith("pbkdf2-sha512$210000$", one);
        Assert.DoesNotContain("horse", one);
        Assert.True(PasswordHash.Verify("correct horse", one));
        Assert.False(PasswordHash.Verify("correct horsE", one));
        Assert.False(PasswordHash.Verify("", one));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("md5$1$AA==$AA==")]
    [InlineData("pbkdf2-sha512$many$AA==$AA==")]
    public void What_is_no_hash_verifies_nothing(string? hash) => Assert.False(PasswordHash.Verify("plain", hash));

    [Fact]
    public void Tokens_are_random_in_the_urls_alphabet_and_kept_as_sha_256()
    {
        Assert.Matches("^[A-Za-z0-9_-]{32}$", TokenHash.NewToken());
        Assert.NotEqual(TokenHash.NewToken(), TokenHash.NewToken());
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", TokenHash.Of("abc"));
    }
}
