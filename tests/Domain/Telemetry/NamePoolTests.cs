using System.Text;
using System.Text.Json;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Tests.Telemetry;

public sealed class NamePoolTests
{
    private readonly NamePool pool = new();

    [Fact]
    public void The_same_name_is_the_same_string() => Assert.Same(Get("temp"), Get("temp"));

    [Fact]
    public void Names_count_by_case_and_character()
    {
        Assert.Equal("temp", Get("temp"));
        Assert.Equal("Temp", Get("Temp"));
        Assert.Equal("température", Get("température"));
        Assert.Equal("a\"b", Get("a\\\"b"));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    [InlineData(0, false)]
    public void A_name_has_1_to_256_bytes(int length, bool good)
    {
        var name = new string('x', length);
        if (good)
        {
            Assert.Equal(name, Get(name));
        }
        else
        {
            Assert.Throws<PayloadException>(() => Get(name));
        }
    }

    [Fact]
    public void A_flood_of_names_does_not_stay()
    {
        var first = Get("first");
        for (var i = 0; i < 10_000; i++)
        {
            Get($"n{i}");
        }

        Assert.Equal(first, Get("first"));
        Assert.NotSame(first, Get("first"));
    }

    private string Get(string name)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"{{\"{name}\":1}}"));
        reader.Read();
        reader.Read();
        return pool.Get(ref reader);
    }
}
