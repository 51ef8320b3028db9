using System.Text;
using Serverless.Domain.Series;
using Serverless.InfluxQL.LineProtocol;

namespace Serverless.InfluxQL.Tests.LineProtocol;

public sealed class LineParserTests
{
    [Theory]
    [MemberData(nameof(Lines.All), MemberType = typeof(Lines))]
    public void A_line_is_taken_or_refused_in_the_words_of_the_real_server(string line, string error) =>
        Assert.Equal(error, string.Join('\n', Parse(line).Errors));

    [Theory]
    [InlineData("a v=1", "a||v=1 @0")]
    [InlineData("a,c=2,b=1 v=1.5,w=2i,x=t,y=FALSE,z=\"s\" 5", "a|b=1,c=2|v=1.5 @5;w=2i @5;x=true @5;y=false @5;z=s @5")]
    [InlineData("a\\ b\\,c,k\\==v\\ w f\\ 1=-.5 -7", "a b,c|k==v w|f 1=-0.5 @-7")]
    [InlineData("a v=\"x\\\"y\\\\z, =\" 1", "a||v=x\"y\\z, = @1")]
    [InlineData("a v=\"two\nlines\" 1", "a||v=two\nlines @1")]
    [InlineData(
        "a v=1e3,w=1E-2,x=12345678901234567890.5,y=0.1,z=123456789.123456789",
        "a||v=1000 @0;w=0.01 @0;x=1.2345678901234567E+19 @0;y=0.1 @0;z=123456789.12345679 @0"
    )]
    [InlineData("a v=9223372036854775807i,w=-9223372036854775808i", "a||v=9223372036854775807i @0;w=-9223372036854775808i @0")]
    [InlineData("a time=1,v=2 3", "a||v=2 @3")]
    [InlineData("# comment\n\n  a v=1   4  \n", "a||v=1 @4")]
    [InlineData("a v=\"\",w=\"\\\\\"", "a||v= @0;w=\\ @0")]
    [InlineData("a v\\==1", "a||v==1 @0")]
    [InlineData("a \"v\"=1", "a||\"v\"=1 @0")]
    public void A_line_holds_points(string line, string points) => Assert.Equal(points, Show(Parse(line).Points));

    [Theory]
    [InlineData("u", 3_000, 12_345_678_000)]
    [InlineData("ms", 3_000_000, 12_345_000_000)]
    [InlineData("s", 3_000_000_000, 12_000_000_000)]
    [InlineData("m", 180_000_000_000, 0)]
    [InlineData("h", 10_800_000_000_000, 0)]
    [InlineData("ns", 3, 12_345_678_901)]
    public void Times_have_the_precision(string precision, long given, long now)
    {
        var batch = LineParser.Parse("a v=1 3\na v=1"u8, 12_345_678_901, precision);
        Assert.Equal([given, now], batch.Points.Select(point => point.Time));
    }

    [Fact]
    public void Lines_that_are_right_stand_beside_those_that_are_wrong()
    {
        var batch = Parse("m,k=v f=1 1\nbad line\nm f=2 2\nbad2");
        Assert.Equal(2, batch.Points.Count);
        Assert.Equal(["unable to parse 'bad line': invalid field format", "unable to parse 'bad2': missing fields"], batch.Errors);
    }

    [Fact]
    public void A_string_that_is_not_closed_ends_before_the_last_line_feed() =>
        Assert.Equal(["unable to parse 'm f=\"a\nm f=1': unbalanced quotes"], Parse("m f=\"a\nm f=1\n").Errors);

    [Fact]
    public void Every_line_of_a_series_has_the_longest_key_checked()
    {
        var error = Assert.Single(Parse($"m f=1 1\nm {new string('g', 65_531)}=1 2").Errors);
        Assert.EndsWith("max key length exceeded: 65536 > 65535", error, StringComparison.Ordinal);
        Assert.Empty(Parse($"m f=1 1\nm {new string('g', 65_530)}=1 2").Errors);
    }

    [Fact]
    public void Time_is_no_tag_and_no_only_field()
    {
        var batch = Parse("a,time=x v=1 5\na time=1 5\na v=1 5");
        Assert.Equal(2, batch.Dropped);
        Assert.Equal("invalid tag key: input tag \"time\" on measurement \"a\" is invalid", batch.DropReason);
        Assert.Single(batch.Points);
    }

    [Fact]
    public void Points_of_one_series_share_its_tags_and_names()
    {
        var batch = Parse("a,t=1 v=1 1\nb v=1 1\na,t=1 v=1 2");
        Assert.Same(batch.Points[0].Tags, batch.Points[2].Tags);
        Assert.Same(batch.Points[0].Field, batch.Points[2].Field);
    }

    [Fact]
    public void The_quick_way_and_the_careful_way_agree_on_mutated_lines()
    {
        var random = new Random(5);
        var corpus = Lines.All.Select(row => row.Data.Item1).Append("cpu,host=a,dc=b u=1.25,v=3i,w=\"x y\",x=t 1600").ToArray();
        for (var i = 0; i < 50_000; i++)
        {
            var line = corpus[random.Next(corpus.Length)];
            for (var j = random.Next(3); j >= 0; j--)
            {
                line = line.Insert(random.Next(line.Length + 1), "a1 ,=\"\\.-eEitT\n"[random.Next(15)].ToString());
            }

            var batch = Parse($"cpu,host=a,dc=b v=1 1\na v=1 1\n{line}");
            var careful = Parse(line);
            Assert.Equal(Show(careful.Points), Show(batch.Points.Skip(2)));
            Assert.Equal(careful.Errors, batch.Errors);
        }
    }

    private static LineBatch Parse(string text) => LineParser.Parse(Encoding.UTF8.GetBytes(text), 0);

    private static string Show(IEnumerable<Point> batch) =>
        string.Join(
            ' ',
            batch
                .GroupBy(point => (point.Measurement, point.Tags))
                .Select(group =>
                    $"{group.Key.Measurement}|{group.Key.Tags}|{string.Join(';', group.Select(point => $"{point.Field}={point.Value} @{point.Time}"))}"
                )
        );
}
