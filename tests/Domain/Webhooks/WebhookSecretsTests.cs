using Serverless.Domain.Webhooks;

namespace Serverless.Domain.Tests.Webhooks;

public sealed class WebhookSecretsTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public void The_specifications_example_is_signed_so() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSecrets.Sign([Secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8)
        );

    [Fact]
    public void Each_secret_has_a_signature_of_its_own()
    {
        var other = WebhookSecrets.New();
        var both = WebhookSecrets.Sign([Secret, other], "id", 1, "x"u8).Split(' ');

        Assert.Equal([WebhookSecrets.Sign([Secret], "id", 1, "x"u8), WebhookSecrets.Sign([other], "id", 1, "x"u8)], both);
    }

    [Fact]
    public void A_new_secret_is_well_formed_and_no_two_are_the_same()
    {
        var (one, other) = (WebhookSecrets.New(), WebhookSecrets.New());

        Assert.True(WebhookSecrets.IsWellFormed(one));
        Assert.NotEqual(one, other);
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_secret_has_24_to_64_bytes(int length, bool expected) =>
        Assert.Equal(expected, WebhookSecrets.IsWellFormed("whsec_" + Convert.ToBase64String(new byte[length])));

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_%%%%")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void What_is_no_secret_is_refused(string text) => Assert.False(WebhookSecrets.IsWellFormed(text));

    [Fact]
    public void The_secret_before_is_good_until_it_ends()
    {
        var start = DateTimeOffset.UnixEpoch;
        var webhook = new Webhook
        {
            Id = "1",
            Url = "",
            Created = start,
            Updated = start,
            Secrets = [new WebhookSecret("new", start), new WebhookSecret("old", start, start.AddHours(1))],
        };

        Assert.Equal(["new", "old"], webhook.SecretsAt(start.AddMinutes(59)));
        Assert.Equal(["new"], webhook.SecretsAt(start.AddHours(1)));
    }
}
