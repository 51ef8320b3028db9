using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.WebUtilities;
using Serverless.Dialects.ThingScale.Connectors;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Tests.ThingScale;

public sealed class UrlEncodedPayloadTests
{
    // Bytes that mean something here come often.
    private static readonly Gen<byte[]> Payloads = Gen.OneOf(
            Gen.Elements("v", "v2", "=", "=", "&", "&", "%", "%4", "%41", "%e3%83%84", "%ff", "+", "1", "21.5", "é")
                .Select(Encoding.UTF8.GetBytes),
            Gen.Choose(0, 255).Select(value => new[] { (byte)value })
        )
        .ListOf()
        .Select(parts => parts.SelectMany(part => part).ToArray());

    [Theory]
    [InlineData("v=1", "v=1")]
    [InlineData("health=OK&load=5.9&uptime=250036", "health=OK load=5.9 uptime=250036")]
    [InlineData("a=b+c&d=%E3%83%84%26%3d", "a=b c d=ツ&=")]
    [InlineData("a=&b==c", "a= b==c")]
    public void Pairs_are_read_in_order(string payload, string expected) => Assert.Equal(expected, Read(payload));

    [Theory]
    [InlineData("")]
    [InlineData("v")]
    [InlineData("=1")]
    [InlineData("v=1&")]
    [InlineData("&v=1")]
    [InlineData("v=1&v=2")]
    [InlineData("v=%")]
    [InlineData("v=%4")]
    [InlineData("v=%4g")]
    [InlineData("v=%ff")]
    [InlineData("{\"v\":1}")]
    public void Anything_else_is_refused(string payload) => Assert.Throws<PayloadException>(() => Read(payload));

    [Fact]
    public void Its_bounds_hold()
    {
        var most = string.Join('&', Enumerable.Range(0, UrlEncodedPayload.MostPairs).Select(i => $"n{i}=1"));
        var (name, value) = (new string('n', UrlEncodedPayload.LongestName), new string('ツ', UrlEncodedPayload.LongestValue));

        Assert.Equal(UrlEncodedPayload.MostPairs, Parse(most).Count);
        Assert.Equal((name, value), Assert.Single(Parse($"{name}={Uri.EscapeDataString(value)}")).ToTuple());
        Assert.Throws<PayloadException>(() => Parse($"{most}&more=1"));
        Assert.Throws<PayloadException>(() => Parse($"{name}n=1"));
        Assert.Throws<PayloadException>(() => Parse($"v={value}ツ"));
    }

    [Fact]
    public void A_payload_that_is_made_to_take_long_does_not()
    {
        foreach (var part in new[] { "&", "%", "=", "a=1&", "v=%", "%41" })
        {
            var payload = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, 100_000)));
            var (started, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());

            Assert.Throws<PayloadException>(() => UrlEncodedPayload.Parse(payload));

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public void Any_bytes_are_pairs_or_refused_with_its_own_error()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20_000),
            Prop.ForAll(
                Payloads.ToArbitrary(),
                payload =>
                {
                    try
                    {
                        AssertAsFramework(payload, UrlEncodedPayload.Parse(payload));
                    }
                    catch (PayloadException)
                    {
                        // Refused.
                    }
                }
            )
        );
    }

    [Fact]
    public void Any_bytes_are_a_v1_row_or_refused_with_its_own_error()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20_000),
            Prop.ForAll(
                Payloads.ToArbitrary(),
                payload => new Payload(payload, PayloadForm.V1, null).Check() is not { } row || row.EnumerateObject().Any()
            )
        );
    }

    private static void AssertAsFramework(byte[] payload, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        var other = QueryHelpers.ParseQuery("?" + Encoding.UTF8.GetString(payload));
        Assert.All(pairs, pair => Assert.Equal(pair.Value, other[pair.Key].ToString()));
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Parse(string payload) =>
        UrlEncodedPayload.Parse(Encoding.UTF8.GetBytes(payload));

    private static string Read(string payload) => string.Join(' ', Parse(payload).Select(pair => $"{pair.Key}={pair.Value}"));
}

file static class Pairs
{
    public static (string, string) ToTuple(this KeyValuePair<string, string> pair) => (pair.Key, pair.Value);
}
