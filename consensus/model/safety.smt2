; The safety of the voting rules of Simplex (../Aeamc.P2P.Consensus/RULES.md; the numbers below are its), proven for every number of members,
; of views and of blocks. `prove` runs this file with Z3 and with cvc5; README.md says how it is to be read and what it leaves out.
;
; A state is the set of votes that were ever signed. Whatever was signed can be seen by anybody at any time from then on, or never: so a member
; may count every certificate that the votes allow, which is more than it can in a network. Byzantine members sign anything at any time.
; An inductive invariant is stated, shown to hold without votes, shown to be kept by each vote that an honest member may add, and shown to imply
; what a reader of the chain relies on. Each check asks for a counterexample and is answered `unsat`: there is none.
(set-logic ALL)

; --- Quorums: n members, f = floor((n - 1) / 3) of them byzantine, a quorum has q = n - f ---

(push)
(declare-const n Int)
(assert (>= n 1))
(define-fun f () Int (div (- n 1) 3))
(define-fun q () Int (- n f))
(assert (not (and
  (> (- (* 2 q) n) f)    ; Two quorums share more than f members: at least one honest.
  (> q f)                ; A quorum has an honest member.
  (<= q (- n f))         ; The honest alone are a quorum.
  )))
(echo "quorums: two share an honest member, for every n")
(check-sat)
(pop)

; --- Members, blocks, quorums ---

(declare-sort Member 0)
(declare-sort Block 0)
(declare-sort Quorum 0)

(declare-fun honest (Member) Bool)
(declare-fun in (Member Quorum) Bool)

; What was just shown, as the only thing that is used of numbers.
(define-fun TWO_QUORUMS_SHARE_AN_HONEST_MEMBER () Bool true) ; no view has a finalization and a nullification
(declare-fun shared (Quorum Quorum) Member)
(assert (forall ((a Quorum) (b Quorum)) (and (=> TWO_QUORUMS_SHARE_AN_HONEST_MEMBER (honest (shared a b))) (in (shared a b) a) (in (shared a b) b))))

; A vote signs its block's hash, which binds view and parent.
(declare-const genesis Block)
(declare-fun view (Block) Int)
(declare-fun parent (Block) Block)
(assert (= (view genesis) 0))
(assert (forall ((b Block)) (=> (distinct b genesis) (> (view b) 0))))

; The chain of a block: itself and its ancestors.
(declare-fun inChain (Block Block) Bool)
(assert (forall ((a Block) (b Block)) (= (inChain a b) (or (= a b) (and (distinct b genesis) (inChain a (parent b)))))))

; --- The guards. `prove` takes each away in turn, the one of the quorums too, and demands a counterexample to the check named beside it ---

(define-fun ONE_NOTARIZE_A_VIEW () Bool true) ; kept: an honest member notarizes one block a view
(define-fun PARENT_IS_NOTARIZED () Bool true) ; kept: ... at its parent
(define-fun GAPS_ARE_NULLIFIED () Bool true) ; kept: ... below a block notarized now, above its parent
(define-fun FINALIZE_ONLY_NOTARIZED () Bool true) ; kept: an honest member finalizes what is notarized
(define-fun NO_FINALIZE_AFTER_NULLIFY () Bool true) ; kept: an honest member never finalizes and nullifies one view
(define-fun NO_NULLIFY_AFTER_FINALIZE () Bool true) ; kept: an honest member never finalizes and nullifies one view

; --- A state, and the state after one more vote ---

(declare-fun notarize (Member Block) Bool)
(declare-fun nullify (Member Int) Bool)
(declare-fun finalize (Member Block) Bool)
(declare-fun notarize2 (Member Block) Bool)
(declare-fun nullify2 (Member Int) Bool)
(declare-fun finalize2 (Member Block) Bool)

; Rules 5, 8, 9: a certificate is a quorum of votes for one thing.
(define-fun notarized ((b Block)) Bool (exists ((c Quorum)) (forall ((m Member)) (=> (in m c) (notarize m b)))))
(define-fun nullified ((v Int)) Bool (exists ((c Quorum)) (forall ((m Member)) (=> (in m c) (nullify m v)))))
(define-fun finalized ((b Block)) Bool (exists ((c Quorum)) (forall ((m Member)) (=> (in m c) (finalize m b)))))
(define-fun notarized2 ((b Block)) Bool (exists ((c Quorum)) (forall ((m Member)) (=> (in m c) (notarize2 m b)))))
(define-fun nullified2 ((v Int)) Bool (exists ((c Quorum)) (forall ((m Member)) (=> (in m c) (nullify2 m v)))))

(define-fun based ((b Block)) Bool (or (= b genesis) (notarized b)))
(define-fun based2 ((b Block)) Bool (or (= b genesis) (notarized2 b)))

; --- What an honest member may do ---

; Rules 2, 3, 4: notarize b.
(define-fun mayNotarize ((m Member) (b Block)) Bool (and
  (distinct b genesis)
  (=> ONE_NOTARIZE_A_VIEW (forall ((o Block)) (=> (= (view o) (view b)) (not (notarize m o)))))
  (=> PARENT_IS_NOTARIZED (based (parent b)))
  (=> GAPS_ARE_NULLIFIED (forall ((v Int)) (=> (< (view (parent b)) v (view b)) (nullified v))))))

; Rule 5: finalize b.
(define-fun mayFinalize ((m Member) (b Block)) Bool (and
  (=> FINALIZE_ONLY_NOTARIZED (notarized b))
  (=> NO_FINALIZE_AFTER_NULLIFY (not (nullify m (view b))))))

; Rule 7: nullify v.
(define-fun mayNullify ((m Member) (v Int)) Bool
  (=> NO_NULLIFY_AFTER_FINALIZE (forall ((b Block)) (=> (= (view b) v) (not (finalize m b))))))

; --- The invariant ---

(define-fun oneNotarize () Bool (forall ((m Member) (a Block) (b Block))
  (=> (honest m) (notarize m a) (notarize m b) (= (view a) (view b)) (= a b))))

(define-fun finalizeOrNullify () Bool (forall ((m Member) (b Block))
  (=> (honest m) (finalize m b) (not (nullify m (view b))))))

(define-fun finalizesNotarized () Bool (forall ((m Member) (b Block))
  (=> (honest m) (finalize m b) (notarized b))))

(define-fun notGenesis () Bool (forall ((m Member) (b Block))
  (=> (honest m) (notarize m b) (distinct b genesis))))

; Every view below a block that an honest member notarized is nullified, or has a notarized block in that block's chain.
(define-fun covered () Bool (forall ((m Member) (b Block) (v Int))
  (=> (honest m) (notarize m b) (<= 0 v) (< v (view b))
    (or (nullified v) (exists ((a Block)) (and (= (view a) v) (inChain a b) (based a)))))))

(define-fun oneNotarize2 () Bool (forall ((m Member) (a Block) (b Block))
  (=> (honest m) (notarize2 m a) (notarize2 m b) (= (view a) (view b)) (= a b))))

(define-fun finalizeOrNullify2 () Bool (forall ((m Member) (b Block))
  (=> (honest m) (finalize2 m b) (not (nullify2 m (view b))))))

(define-fun finalizesNotarized2 () Bool (forall ((m Member) (b Block))
  (=> (honest m) (finalize2 m b) (notarized2 b))))

(define-fun notGenesis2 () Bool (forall ((m Member) (b Block))
  (=> (honest m) (notarize2 m b) (distinct b genesis))))

(define-fun covered2 () Bool (forall ((m Member) (b Block) (v Int))
  (=> (honest m) (notarize2 m b) (<= 0 v) (< v (view b))
    (or (nullified2 v) (exists ((a Block)) (and (= (view a) v) (inChain a b) (based2 a)))))))

(define-fun invariant () Bool (and oneNotarize finalizeOrNullify finalizesNotarized notGenesis covered))

; --- Nothing above contradicts itself: all votes that the invariant allows can be there, a final block among them (`sat`) ---

(push)
(assert invariant)
(declare-const some Block)
(assert (and (distinct some genesis) (finalized some) (nullified (- (view some) 1)) (exists ((m Member)) (not (honest m)))))
(echo "possible: a final block above a nullified view, with a byzantine member")
(check-sat)
(pop)

; --- It holds while nothing is signed ---

(push)
(assert (forall ((m Member) (b Block)) (and (not (notarize m b)) (not (finalize m b)))))
(assert (forall ((m Member) (v Int)) (not (nullify m v))))
(assert (not invariant))
(echo "the invariant holds at the beginning")
(check-sat)
(pop)

; --- Each vote keeps it ---

(push)
(assert invariant)
(declare-const who Member)
(declare-const what Block)
(declare-const when Int)
(define-fun onlyNotarize () Bool (and
  (forall ((m Member) (b Block)) (= (notarize2 m b) (or (notarize m b) (and (= m who) (= b what)))))
  (forall ((m Member) (v Int)) (= (nullify2 m v) (nullify m v)))
  (forall ((m Member) (b Block)) (= (finalize2 m b) (finalize m b)))))
(define-fun onlyNullify () Bool (and
  (forall ((m Member) (b Block)) (= (notarize2 m b) (notarize m b)))
  (forall ((m Member) (v Int)) (= (nullify2 m v) (or (nullify m v) (and (= m who) (= v when)))))
  (forall ((m Member) (b Block)) (= (finalize2 m b) (finalize m b)))))
(define-fun onlyFinalize () Bool (and
  (forall ((m Member) (b Block)) (= (notarize2 m b) (notarize m b)))
  (forall ((m Member) (v Int)) (= (nullify2 m v) (nullify m v)))
  (forall ((m Member) (b Block)) (= (finalize2 m b) (or (finalize m b) (and (= m who) (= b what)))))))
(define-fun step () Bool (or
  (and onlyNotarize (=> (honest who) (mayNotarize who what)))
  (and onlyNullify (=> (honest who) (mayNullify who when)))
  (and onlyFinalize (=> (honest who) (mayFinalize who what)))))
(assert step)

(push) (assert (not oneNotarize2)) (echo "kept: an honest member notarizes one block a view") (check-sat) (pop)
(push) (assert (not finalizeOrNullify2)) (echo "kept: an honest member never finalizes and nullifies one view") (check-sat) (pop)
(push) (assert (not finalizesNotarized2)) (echo "kept: an honest member finalizes what is notarized") (check-sat) (pop)
(push) (assert (not notGenesis2)) (echo "kept: nobody honest notarizes the genesis") (check-sat) (pop)
; The longest step, one vote, block and view at a time.
(declare-const m Member)
(declare-const b Block)
(declare-const v Int)
(assert (and (honest m) (notarize2 m b) (<= 0 v) (< v (view b)) (not (nullified2 v))))
(assert (forall ((a Block)) (=> (= (view a) v) (inChain a b) (not (based2 a)))))
(push) (assert (notarize m b)) (echo "kept: views below a block notarized earlier are nullified or in its chain") (check-sat) (pop)
(push) (assert (not (notarize m b))) (assert (< (view (parent b)) v)) (echo "kept: ... below a block notarized now, above its parent") (check-sat) (pop)
(push) (assert (not (notarize m b))) (assert (= v (view (parent b)))) (echo "kept: ... at its parent") (check-sat) (pop)
(push) (assert (not (notarize m b))) (assert (< v (view (parent b)))) (echo "kept: ... below its parent") (check-sat) (pop)
(pop)

; --- What it implies ---

(assert invariant)
(declare-const a Block)
(declare-const b Block)

(push)
(assert (and (notarized a) (notarized b) (= (view a) (view b)) (distinct a b)))
(echo "no view has two notarizations")
(check-sat)
(pop)

(push)
(assert (and (finalized a) (nullified (view a))))
(echo "no view has a finalization and a nullification")
(check-sat)
(pop)

(push)
(assert (and (finalized a) (not (notarized a))))
(echo "what is final was notarized")
(check-sat)
(pop)

(push)
(assert (and (finalized a) (notarized b) (<= (view a) (view b)) (not (inChain a b))))
(echo "a final block is in the chain of every block notarized in its view or later")
(check-sat)
(pop)

; Shown just now.
(assert (forall ((a Block) (b Block)) (=> (finalized a) (notarized b) (<= (view a) (view b)) (inChain a b))))
(assert (forall ((a Block)) (=> (finalized a) (notarized a))))
(push)
(assert (and (finalized a) (finalized b) (not (inChain a b)) (not (inChain b a))))
(echo "agreement: of two final blocks one descends from the other")
(check-sat)
(pop)
