namespace Serverless.InfluxQL.Tests.Execution;

/// <summary>Points, and what InfluxDB 1.6.7 answers to queries about them. Times are in milliseconds; strings stand in single quotation marks.</summary>
internal static class Answers
{
    public const string Lines = """
        m,h=a,r=eu v=4.25,n=8i,s="y",b=false 0000000000
        m,h=b,r=eu v=6.25,n=9i,b=true 0000000000
        m,h=c v=-4.25,n=8i,s="y",b=true 0000000000
        m,h=a,r=eu v=-7.0 10000000000
        m,h=b,r=eu v=4.25 10000000000
        m,h=a,r=eu v=-0.5,n=2i 20000000000
        m,h=b,r=eu v=-7.25,n=8i 20000000000
        m,h=c v=-8.75,n=9i 20000000000
        m,h=a,r=eu v=2.5,b=false 30000000000
        m,h=b,r=eu v=9.5,b=true 30000000000
        m,h=c v=9.75,b=true 30000000000
        m,h=a,r=eu v=6.75,n=1i,s="x" 40000000000
        m,h=b,r=eu v=-9.0,n=3i 40000000000
        m,h=a,r=eu v=-2.5 50000000000
        m,h=b,r=eu v=9.0 50000000000
        m,h=c v=-9.25 50000000000
        m,h=a,r=eu v=4.75,n=5i,b=false 60000000000
        m,h=b,r=eu v=8.75,n=3i,b=true 60000000000
        m,h=c v=-0.75,n=7i,b=true 60000000000
        m,h=a,r=eu v=-7.5 70000000000
        m,h=b,r=eu v=4.5 70000000000
        m,h=a,r=eu v=-1.25,n=6i,s="z" 80000000000
        m,h=b,r=eu v=-7.5,n=4i 80000000000
        m,h=c v=0.0,n=3i,s="z" 80000000000
        m,h=a,r=eu v=-1.0,b=true 90000000000
        m,h=b,r=eu v=-8.0,b=true 90000000000
        m,h=c v=2.75,b=true 90000000000
        m,h=a,r=eu v=-0.75,n=6i 100000000000
        m,h=b,r=eu v=-8.0,n=0i 100000000000
        m,h=a,r=eu v=-10.0 110000000000
        m,h=b,r=eu v=-3.25 110000000000
        m,h=c v=-3.5 110000000000
        k,h=a v=0,w=0i 0000000000
        k,h=a v=1,w=1i 17000000000
        k,h=a v=4,w=2i 34000000000
        k,h=a v=9,w=3i 51000000000
        k,h=a v=16,w=4i 68000000000
        k,h=a v=25,w=5i 85000000000
        """;

    public static readonly TheoryData<string, string> Table = new()
    {
        {
            "SELECT v FROM m LIMIT 8",
            "m time,v: (0,4.25) (0,-4.25) (0,6.25) (10000,-7) (10000,4.25) (20000,-0.5) (20000,-7.25) (20000,-8.75)"
        },
        {
            "SELECT v, h FROM m LIMIT 5 OFFSET 2",
            "m time,v,h: (0,-4.25,'c') (10000,-7,'a') (10000,4.25,'b') (20000,-0.5,'a') (20000,-7.25,'b')"
        },
        {
            "SELECT * FROM m ORDER BY time DESC LIMIT 4",
            "m time,b,h,n,r,s,v: (110000,null,'c',null,null,null,-3.5) (110000,null,'a',null,'eu',null,-10) (110000,null,'b',null,'eu',null,-3.25) (100000,null,'a',6,'eu',null,-0.75)"
        },
        {
            "SELECT v, n, s, b FROM m WHERE h = 'c'",
            "m time,v,n,s,b: (0,-4.25,8,'y',true) (20000,-8.75,9,null,null) (30000,9.75,null,null,true) (50000,-9.25,null,null,null) (60000,-0.75,7,null,true) (80000,0,3,'z',null) (90000,2.75,null,null,true) (110000,-3.5,null,null,null)"
        },
        {
            "SELECT n, v FROM m GROUP BY r LIMIT 2",
            "m{r=} time,n,v: (0,8,-4.25) (20000,9,-8.75) | m{r=eu} time,n,v: (0,8,4.25) (0,9,6.25)"
        },
        { "SELECT v FROM m GROUP BY r, h LIMIT 1 SLIMIT 2 SOFFSET 1", "m{h=a,r=eu} time,v: (0,4.25) | m{h=b,r=eu} time,v: (0,6.25)" },
        {
            "SELECT v FROM m GROUP BY h ORDER BY time DESC LIMIT 1",
            "m{h=c} time,v: (110000,-3.5) | m{h=b} time,v: (110000,-3.25) | m{h=a} time,v: (110000,-10)"
        },
        { "SELECT v FROM /./ LIMIT 2", "k time,v: (0,0) (17000,1) | m time,v: (0,4.25) (0,-4.25)" },
        { "SELECT h FROM m", "" },
        { "SELECT nothing FROM m", "" },
        { "SELECT nothing, v FROM m LIMIT 2", "m time,nothing,v: (0,null,4.25) (0,null,-4.25)" },
        { "SELECT v, n FROM m fill(7) LIMIT 5", "m time,v,n: (0,4.25,8) (0,-4.25,8) (0,6.25,9) (10000,-7,7) (10000,4.25,7)" },
        {
            "SELECT v, n FROM m fill(previous) LIMIT 7",
            "m time,v,n: (0,4.25,8) (0,-4.25,8) (0,6.25,9) (10000,-7,9) (10000,4.25,9) (20000,-0.5,2) (20000,-7.25,8)"
        },
        { "SELECT v FROM m WHERE r = '' AND v > 1", "m time,v: (30000,9.75) (90000,2.75)" },
        {
            "SELECT v FROM m WHERE v > 1 OR h = 'a' LIMIT 6",
            "m time,v: (0,4.25) (0,6.25) (10000,-7) (10000,4.25) (20000,-0.5) (30000,9.5)"
        },
        { "SELECT v FROM m WHERE s =~ /x|y/", "m time,v: (0,4.25) (0,-4.25) (40000,6.75)" },
        { "SELECT v FROM m WHERE unknown = '' LIMIT 2", "m time,v: (0,4.25) (0,-4.25)" },
        { "SELECT v FROM m WHERE h = \"a\"", "" },
        { "SELECT v FROM m WHERE v > n", "m time,v: (40000,6.75) (60000,8.75)" },
        {
            "SELECT v + n, n / 2, v * 2 FROM m LIMIT 4",
            "m time,v_n,n,v: (0,12.25,4,8.5) (0,3.75,4,-8.5) (0,15.25,4.5,12.5) (10000,null,null,-14)"
        },
        { "SELECT v::integer, n::float FROM m LIMIT 4", "m time,v,n: (0,4,8) (0,-4,8) (0,6,9) (10000,-7,null)" },
        {
            "SELECT count(v), sum(v), mean(v), min(v), max(v), spread(v), first(v), last(v) FROM m",
            "m time,count,sum,mean,min,max,spread,first,last: (0,32,-27,-0.84375,-10,9.75,19.75,4.25,-3.5)"
        },
        {
            "SELECT count(n), sum(n), mean(n), min(n), max(n), spread(n), first(n), last(n) FROM m GROUP BY h",
            "m{h=a} time,count,sum,mean,min,max,spread,first,last: (0,6,28,4.666666666666667,1,8,7,8,6) | m{h=b} time,count,sum,mean,min,max,spread,first,last: (0,6,27,4.5,0,9,9,9,0) | m{h=c} time,count,sum,mean,min,max,spread,first,last: (0,4,27,6.75,3,9,6,8,3)"
        },
        { "SELECT count(s), first(s), last(s) FROM m", "m time,count,first,last: (0,5,'y','z')" },
        { "SELECT count(b), first(b), last(b) FROM m", "m time,count,first,last: (0,12,false,true)" },
        { "SELECT first(v) FROM m", "m time,first: (0,4.25)" },
        { "SELECT last(v) FROM m GROUP BY r", "m{r=} time,last: (110000,-3.5) | m{r=eu} time,last: (110000,-3.25)" },
        { "SELECT last(s) FROM m", "m time,last: (80000,'z')" },
        { "SELECT max(v) FROM m", "m time,max: (30000,9.75)" },
        {
            "SELECT min(v), h, s FROM m GROUP BY r",
            "m{r=} time,min,h,s: (50000,-9.25,'c',null) | m{r=eu} time,min,h,s: (110000,-10,'a',null)"
        },
        { "SELECT max(n) FROM m WHERE v > 0", "m time,max: (0,9)" },
        {
            "SELECT mean(v) FROM m WHERE time >= 5s AND time < 2m GROUP BY time(30s)",
            "m time,mean: (0,-3.85) (30000,2.09375) (60000,0.125) (90000,-3.96875)"
        },
        {
            "SELECT mean(v) FROM m WHERE time >= 5s AND time < 2m GROUP BY time(30s) ORDER BY time DESC",
            "m time,mean: (90000,-3.96875) (60000,0.125) (30000,2.09375) (0,-3.85)"
        },
        {
            "SELECT sum(v) FROM m WHERE time >= 0 AND time < 2m GROUP BY time(40s, 15s), h",
            "m{h=a} time,sum: (-25000,-2.75) (15000,6.25) (55000,-5) (95000,-10.75) | m{h=b} time,sum: (-25000,10.5) (15000,2.25) (55000,-2.25) (95000,-11.25) | m{h=c} time,sum: (-25000,-4.25) (15000,-8.25) (55000,2) (95000,-3.5)"
        },
        {
            "SELECT count(v) FROM k WHERE time >= 0 AND time < 100s GROUP BY time(10s)",
            "k time,count: (0,1) (10000,1) (20000,0) (30000,1) (40000,0) (50000,1) (60000,1) (70000,0) (80000,1) (90000,0)"
        },
        {
            "SELECT max(v) FROM k WHERE time >= 0 AND time < 100s GROUP BY time(10s) fill(none)",
            "k time,max: (0,0) (10000,1) (30000,4) (50000,9) (60000,16) (80000,25)"
        },
        {
            "SELECT max(v) FROM k WHERE time >= 0 AND time < 100s GROUP BY time(10s) fill(previous)",
            "k time,max: (0,0) (10000,1) (20000,1) (30000,4) (40000,4) (50000,9) (60000,16) (70000,16) (80000,25) (90000,25)"
        },
        {
            "SELECT max(v) FROM k WHERE time >= 0 AND time < 100s GROUP BY time(10s) fill(linear)",
            "k time,max: (0,0) (10000,1) (20000,2.5) (30000,4) (40000,6.5) (50000,9) (60000,16) (70000,20.5) (80000,25) (90000,null)"
        },
        {
            "SELECT max(w) FROM k WHERE time >= 0 AND time < 100s GROUP BY time(10s) fill(linear)",
            "k time,max: (0,0) (10000,1) (20000,1) (30000,2) (40000,2) (50000,3) (60000,4) (70000,4) (80000,5) (90000,null)"
        },
        {
            "SELECT max(v), count(w) FROM k WHERE time >= 0 AND time < 100s GROUP BY time(10s) fill(5) LIMIT 4 OFFSET 2",
            "k time,max,count: (20000,5,5) (30000,4,1) (40000,5,5) (50000,9,1)"
        },
        {
            "SELECT first(s) FROM m WHERE time >= 0 AND time < 1m GROUP BY time(10s) fill(5)",
            "m time,first: (0,'y') (10000,'') (20000,'') (30000,'') (40000,'x') (50000,'')"
        },
        {
            "SELECT max(v), h FROM m WHERE time >= 0 AND time < 1m GROUP BY time(20s)",
            "m time,max,h: (0,6.25,'b') (20000,9.75,'c') (40000,9,'b')"
        },
        {
            "SELECT max(v) FROM k WHERE time >= 0 AND time < 100s GROUP BY time(10s) fill(none) LIMIT 2 OFFSET 1",
            "k time,max: (10000,1) (30000,4)"
        },
        { "SELECT mean(v) FROM m WHERE time >= 0 AND time < 2m GROUP BY time(1d) tz('Europe/Paris')", "m time,mean: (-3600000,-0.84375)" },
        {
            "SELECT count(v) FROM k WHERE time >= '1970-01-01' - 300d AND time < '1970-01-01' + 300d GROUP BY time(60d) fill(0) tz('America/New_York')",
            "k time,count: (-25902000000,0) (-20721600000,0) (-15537600000,0) (-10353600000,0) (-5166000000,6) (18000000,0) (5202000000,0) (10382400000,0) (15566400000,0) (20750400000,0)"
        },
        { "SELECT top(v, 2) FROM m", "m time,top: (30000,9.75) (30000,9.5)" },
        { "SELECT top(v, h, 2), n FROM m", "m time,top,h,n: (30000,9.75,'c',null) (30000,9.5,'b',null)" },
        { "SELECT bottom(v, 1) FROM m WHERE time >= 0 AND time < 1m GROUP BY time(30s)", "m time,bottom: (20000,-8.75) (50000,-9.25)" },
        { "SELECT distinct(s) FROM m", "m time,distinct: (0,'y') (0,'x') (0,'z')" },
        {
            "SELECT distinct(n) FROM m WHERE time >= 0 AND time < 1m GROUP BY time(30s)",
            "m time,distinct: (0,8) (0,9) (0,2) (30000,1) (30000,3)"
        },
        { "SELECT count(distinct(n)) FROM m", "m time,count: (0,10)" },
        {
            "SELECT percentile(v, 50), h FROM m GROUP BY r",
            "m{r=} time,percentile,h: (110000,-3.5,'c') | m{r=eu} time,percentile,h: (90000,-1,'a')"
        },
        { "SELECT difference(v) FROM k", "k time,difference: (17000,1) (34000,3) (51000,5) (68000,7) (85000,9)" },
        {
            "SELECT derivative(max(v)) FROM k WHERE time >= 30s AND time < 100s GROUP BY time(20s)",
            "k time,derivative: (20000,3) (40000,5) (60000,7) (80000,9)"
        },
        { "SELECT derivative(max(v)) FROM k WHERE time < 100s GROUP BY time(20s)", "" },
        {
            "SELECT moving_average(max(v), 2) FROM k WHERE time >= 30s AND time < 100s GROUP BY time(20s)",
            "k time,moving_average: (20000,2.5) (40000,6.5) (60000,12.5) (80000,20.5)"
        },
        {
            "SELECT cumulative_sum(count(v)) FROM k WHERE time >= 30s AND time < 100s GROUP BY time(20s)",
            "k time,cumulative_sum: (20000,1) (40000,2) (60000,3) (80000,4)"
        },
        { "SELECT integral(v) FROM k", "k time,integral: (0,722.5)" },
        {
            "SELECT mean(v) - min(v) FROM m WHERE time >= 0 AND time < 1m GROUP BY time(30s)",
            "m time,mean_min: (0,7.125) (30000,11.34375)"
        },
        {
            "SELECT difference(max(v)), count(v) FROM k WHERE time >= 30s AND time < 100s GROUP BY time(20s)",
            "k time,difference,count: (20000,3,1) (40000,5,1) (60000,7,1) (80000,9,1)"
        },
        { "SELECT max(x) FROM (SELECT mean(v) AS x FROM m GROUP BY h)", "m time,max: (0,-0.0625)" },
        { "SELECT x, h FROM (SELECT sum(v) AS x FROM m GROUP BY h)", "m time,x,h: (0,-12.25,'a') (0,-0.75,'b') (0,-14,'c')" },
        {
            "SELECT x FROM (SELECT sum(v) AS x FROM m GROUP BY h, r) GROUP BY r",
            "m{r=} time,x: (0,-14) | m{r=eu} time,x: (0,-12.25) (0,-0.75)"
        },
        {
            "SELECT sum(x) FROM (SELECT max(v) AS x FROM m GROUP BY time(30s), h) WHERE time >= 0 AND time < 2m GROUP BY time(1m)",
            "m time,sum: (0,32.25) (60000,12.25)"
        },
        { "SELECT x FROM (SELECT v * 2 AS x FROM m GROUP BY h) WHERE x > 15", "m time,x: (30000,19) (30000,19.5) (50000,18) (60000,17.5)" },
        { "SELECT x FROM (SELECT v AS x FROM m GROUP BY h) WHERE h = 'c' LIMIT 2", "m time,x: (0,-4.25) (20000,-8.75)" },
        { "SELECT top, h FROM (SELECT top(v, h, 2) FROM m)", "m time,top,h: (30000,9.75,'c') (30000,9.5,'b')" },
        {
            "SELECT sum(x) FROM (SELECT max(v) AS x FROM m GROUP BY h), (SELECT max(w) AS x FROM k)",
            "k time,sum: (0,5) | m time,sum: (0,26)"
        },
        { "SELECT count(v), count(n) FROM (SELECT v, n FROM m)", "m time,count,count_1: (0,32,16)" },
        { "SELECT max(mean) FROM (SELECT mean(v) FROM m GROUP BY time(1m)) WHERE time >= 70s AND time < 2m", "" },
        { "SELECT stddev(v) FROM k WHERE time >= 0 AND time < 30s GROUP BY time(17s)", "k time,stddev: (0,null) (17000,null)" },
    };
}
