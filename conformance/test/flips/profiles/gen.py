M='// From here on the profiles differ.\n'
PASSIVE='''+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+0.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
'''
TW=PASSIVE+'''+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+0 < F. 1:1(0) ack 2 win 65535
+0 > . 2:2(0) ack 2
'''
ACTIVE='''+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
'''
rows=[]
def w(name,sentence,head,tail,*expect,ip=''):
    open(name+'.pkt','w').write('// '+sentence+'\n//: exact\n'+ip+head+M+tail)
    rows.append((name,)+expect)
P,F='passed','failed'
for secs,v,n in ((240,(P,F,F),'four-minutes'),(60,(F,P,P),'one-minute')):
    w('time-wait-of-'+n,f'TIME-WAIT lasts {n.replace("-"," ")}.',TW,f'''+{secs-1}.999999 < . 1:1(0) ack 2 win 65535
+0 > . 2:2(0) ack 2
+0.000001 < . 2:2(0) ack 2 win 65535
+0 > R 2:2(0)
'''.replace(f'+{secs-1}.',f'+{secs-1}.'),*v)
for t,v,n in (('1',(P,F,F),'second'),('0.3',(F,P,F),'300-ms'),('0.33',(F,F,F),'330-ms')):
    pass
w('retransmits-after-one-second','The timeout is one second at least.',PASSIVE,'''+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+1 > P. 1:101(100) ack 1
''',P,F,F)
w('retransmits-before-half-a-second','The timeout is below half a second when the peer is near.',PASSIVE,'''+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0~+0.5 > P. 1:101(100) ack 1
''',F,P,P)
w('options-in-linux-order','SACK permitted and timestamps come before the window scale of 7 in a SYN.',ACTIVE,'''+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,sackOK,TS val ... ecr 0,nop,wscale 7>
''',F,P,F)
w('options-in-bsd-order','The window scale of 6 comes before SACK permitted and timestamps in a SYN.',ACTIVE,'''+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,nop,wscale 6,sackOK,TS val ... ecr 0>
''',F,F,P)
for t,v,n in (('0',(F,P,F),'at-once'),('0.04',(F,F,P),'after-40-ms'),('0.2',(P,F,F),'after-200-ms')):
    w('first-ack-'+n,f'The first data of a connection is acknowledged {n.replace("-"," ")}.',PASSIVE,f'''+0 < P. 1:101(100) ack 1 win 65535
+{t} > . 1:1(0) ack 101
''',*v)
w('unread-data-resets','Closing a socket with unread data resets the connection.',PASSIVE,'''+0 < P. 1:101(100) ack 1 win 65535
+0 read(4, ..., 1) = 1
* > . 1:1(0) ack 101
+0 close(4) = 0
+0 > R 1:1(0)
''',P,F,F)
w('unread-data-resets-with-ack','Closing a socket with unread data resets the connection by a reset with an ACK.',PASSIVE,'''+0 < P. 1:101(100) ack 1 win 65535
* > . 1:1(0) ack 101
+0 close(4) = 0
+0 > R. 1:1(0) ack 101
''',F,P,F)
w('unread-data-is-flushed','A socket with unread data closes with a FIN.',PASSIVE,'''+0 < P. 1:101(100) ack 1 win 65535
* > . 1:1(0) ack 101
+0 close(4) = 0
+0 > F. 1:1(0) ack 101
''',F,F,P)
w('abort-without-ack','The reset of an abort carries no ACK.',PASSIVE,'''+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0
+0 close(4) = 0
+0 > R 1:1(0)
''',P,F,F)
w('reset-ends-time-wait','A reset ends TIME-WAIT.',TW,'''+0 < R 2:2(0) win 0
+0 < . 1:1(0) ack 2 win 65535
+0 > R 2:2(0)
''',P,P,F)
w('old-syn-in-time-wait-is-answered','A SYN that may not reopen from TIME-WAIT is answered with an ACK.',TW,'''+0 < S 0:0(0) win 65535 <mss 1460>
+0 > . 2:2(0) ack 2
''',P,P,F)
w('repeated-syn-draws-syn-ack','A repeated SYN draws the SYN,ACK again.',PASSIVE.split('+0.1')[0],'''+0 < S 0:0(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
''',F,P,P)
w('reconnect-in-time-wait','A client may connect again from the same port within 2MSL.',ACTIVE+'''+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0.1 < S. 0:0(0) ack 1 win 65535 <mss 1460>
+0 > . 1:1(0) ack 1
+0 close(3) = 0
+0 > F. 1:1(0) ack 1
+0 < F. 1:1(0) ack 2 win 65535
+0 > . 2:2(0) ack 2
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
''','''+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
''',F,P,F)
w('bad-option-is-stepped-over','A segment with an option of an impossible length is used as far as it can be.',PASSIVE.split('+0 < S')[0],'''+0 < S 0:0(0) win 65535 <mss 1460,020105b4>
+0 > S. 0:0(0) ack 1 <...>
''',F,P,P)
w('hard-error-ends-it','A hard ICMP error ends an open connection.',PASSIVE,'''+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0 < icmp unreachable port_unreachable [1:101(100)]
+0 read(4, ..., 100) = -1 ECONNREFUSED (Connection refused)
''',P,F,F,ip='--ip_version=ipv4\n')
w('closed-socket-leaves-fin-wait-2','FIN-WAIT-2 of a closed socket lasts a minute.',PASSIVE,'''+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+0 < . 1:1(0) ack 2 win 65535
+60 < F. 1:1(0) ack 2 win 65535
+0 > R 2:2(0)
''',F,P,P)
for t,v in ((183,(P,F,F)),(127,(F,P,F)),(75,(F,F,P))):
    w(f'syn-given-up-after-{t}-seconds',f'A SYN without an answer is given up after {t} seconds.','''+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
''',f'''+0...{t} connect(3, ..., ...) = -1 ETIMEDOUT (Connection timed out)
//: unclaimed ignore
''',*v)
for t,v in (('1',(P,F,F)),('0.3',(F,P,F)),('5',(F,F,P))):
    w(f'zero-window-probed-after-{t.replace(".","-point-")}',f'A zero window is first probed after {t} seconds.',PASSIVE,f'''+0 < . 1:1(0) ack 1 win 0
+0 write(4, ..., 100) = 100
+{t} > . 1:2(1) ack 1
''',*v)
for t,v in ((512,(F,P,F)),(216,(F,F,P)),(100,(P,F,F))):
    w(f'path-mtu-of-{t+40}',f'A report of a path MTU of 140 makes segments of {t} octets.',PASSIVE,f'''+0 write(4, ..., 1000) = 1000
+0 > P. 1:1001(1000) ack 1
+0 < icmp unreachable frag_needed mtu 140 [1:1001(1000)]
+0 > . 1:{t+1}({t}) ack 1
//: unclaimed ignore
''',*v,ip='--ip_version=ipv4\n')
for t,v in ((65535,(P,F,F)),(87040,(F,P,F)),(32768,(F,F,P))):
    w(f'send-buffer-of-{t}',f'A socket takes {t} octets for sending.',PASSIVE,f'''+0 < . 1:1(0) ack 1 win 0
+0 send(4, ..., 100000, MSG_DONTWAIT) = {t}
''',*v)
for t,v in ((9,(P,P,F)),(8,(F,F,P))):
    w(f'{t}-keepalives',f'After {t} keep-alives without an answer the connection is given up.',PASSIVE+'''+0 setsockopt(4, SOL_TCP, TCP_KEEPIDLE, [10], 4) = 0
+0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0
''',f'''+0...{10+t*75} read(4, ..., 100) = -1 ETIMEDOUT (Connection timed out)
//: unclaimed ignore
''',*v)
w('second-challenge-is-sent','Two resets at a wrong number draw two challenge ACKs.',PASSIVE,'''+0 < R 2:2(0) win 0
+0 > . 1:1(0) ack 1
+0 < R 2:2(0) win 0
+0 > . 1:1(0) ack 1
''',P,F,P)
w('user-timeout-is-told','A user timeout that the application sets is told to the peer.',PASSIVE,'''+0 setsockopt(4, SOL_TCP, TCP_USER_TIMEOUT, [30000], 4) = 0
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1 <gen-28 001e>
''',P,F,F)
for t,v in ((64,(P,F,F)),(48,(F,P,F)),(216,(F,F,P))):
    w(f'least-mss-of-{t}',f'A peer that asks for segments of one octet gets segments of {t}.',PASSIVE.replace('mss 1460','mss 1'),f'''+0 write(4, ..., 1000) = 1000
+0 > . 1:{t+1}({t}) ack 1
//: unclaimed ignore
''',*v)
import csv
o=csv.writer(open('../profiles.csv','w',newline=''),lineterminator='\n'); o.writerow(('script','rfc9293','linux','freebsd')); o.writerows(rows)
